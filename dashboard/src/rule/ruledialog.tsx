"use client"
import { type CatalogEntry, type Detection, type NewRule, type Rule, STATS } from "@ossagent/wire"
import { type FormEvent, useMemo, useRef, useState } from "react"
import { useCatalog } from "../catalog/use-catalog.ts"
import { statName } from "../number/unit.ts"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Field, Input, Select } from "../piece/field.tsx"
import { Failure } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { Backtest } from "./backtest.tsx"
import { ruleFromForm } from "./fromform.ts"
import { RulePreview } from "./rulepreview.tsx"
import { EMPTY_RULE, formatFilters, toNewRule } from "./words.ts"

const DETECTIONS: Record<Detection, string> = {
  threshold: "passes a threshold",
  absence: "falls silent",
  history: "is unlike its own history",
  change: "changed since a day or a week ago",
  ratio: "is too large a share of another metric",
  burn: "uses up its error budget too fast",
  versions: "is worse in the newest version",
  exception: "throws what it did not throw before",
}

interface RuleDialogProps {
  /** Null: a new one. */
  rule: Rule | null
  onClose: () => void
  onDone: () => void
}

export function RuleDialog({ rule, onClose, onDone }: RuleDialogProps) {
  const [draft, setDraft] = useState<NewRule>(() => (rule ? toNewRule(rule) : EMPTY_RULE))
  const [error, setError] = useState<Error | null>(null)
  const { entries } = useCatalog({}, 10_000)
  const form = useRef<HTMLFormElement>(null)
  const read = (form: HTMLFormElement): void => {
    try {
      setDraft(ruleFromForm(new FormData(form)))
      setError(null)
    } catch {
      // half-typed; it is said when the form is sent
    }
  }
  async function save(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    try {
      const body = ruleFromForm(new FormData(event.currentTarget))
      await call(rule ? `/api/alerting/rules/${rule.id}` : "/api/alerting/rules", {
        method: rule ? "PUT" : "POST",
        body,
      })
      onDone()
    } catch (fault) {
      setError(fault as Error)
    }
  }
  return (
    <Dialog title={rule ? `Change “${rule.name}”` : "New rule"} onClose={onClose} wide>
      <form
        ref={form}
        onSubmit={(event) => void save(event)}
        onChange={(event) => read(event.currentTarget)}
        className="space-y-4"
      >
        <What draft={draft} entries={entries ?? []} />
        <How draft={draft} />
        {draft.metric && <RulePreview rule={draft} unit={unitOf(entries ?? [], draft.metric)} />}
        <Backtest read={() => ruleFromForm(new FormData(form.current ?? undefined))} />
        {error && <Failure error={error} />}
        <div className="flex items-center justify-end gap-2">
          <label className="mr-auto flex items-center gap-2 text-[13px]">
            <input name="enabled" type="checkbox" defaultChecked={draft.enabled} className="size-4 accent-(--accent)" />
            Watched
          </label>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main">
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const unitOf = (entries: readonly CatalogEntry[], metric: string): string =>
  entries.find((entry) => entry.metric === metric)?.unit ?? ""

function What({ draft, entries }: { draft: NewRule; entries: readonly CatalogEntry[] }) {
  const names = useMemo(() => [...new Set(entries.map(({ metric }) => metric))].sort(), [entries])
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Name">
        <Input name="name" required maxLength={128} defaultValue={draft.name} autoComplete="off" />
      </Field>
      <Field label="Severity">
        <Select name="severity" defaultValue={draft.severity}>
          {["critical", "warning", "info"].map((one) => (
            <option key={one}>{one}</option>
          ))}
        </Select>
      </Field>
      <Field label="Metric" hint={draft.detection === "threshold" ? undefined : "Empty: all of them"}>
        <Input
          name="metric"
          list="metric-names"
          required={draft.detection === "threshold"}
          defaultValue={draft.metric}
          autoComplete="off"
        />
      </Field>
      <datalist id="metric-names">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Field label="Fires when it">
        <Select name="detection" defaultValue={draft.detection}>
          {Object.entries(DETECTIONS).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Only where" hint="service = shop, version != 8.0.1 | 8.0.2, label.route = /pay">
        <Input name="filters" defaultValue={formatFilters(draft.filters)} placeholder="everywhere" autoComplete="off" />
      </Field>
      <Field label="Each by itself" hint="service, subsystem, version, host, label.…">
        <Input name="split" defaultValue={draft.split.join(", ")} placeholder="all together" autoComplete="off" />
      </Field>
    </div>
  )
}

function How({ draft }: { draft: NewRule }) {
  const { detection, threshold } = draft
  return (
    <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
      <Field label="Stat">
        <Select name="stat" defaultValue={draft.stat}>
          {STATS.map((stat) => (
            <option key={stat} value={stat}>
              {statName(stat)}
            </option>
          ))}
        </Select>
      </Field>
      {detection === "threshold" && (
        <>
          <Field label="Is">
            <Select name="op" defaultValue={threshold?.op ?? ">"}>
              <option value=">">above</option>
              <option value="<">below</option>
            </Select>
          </Field>
          <Field label="Threshold" hint="in the metric's own unit; a ratio is 0–1">
            <Input name="value" inputMode="decimal" required defaultValue={threshold?.value ?? 0} />
          </Field>
          <Field label="Good again at" hint="empty: the same">
            <Input name="clear" inputMode="decimal" defaultValue={threshold?.clear ?? ""} />
          </Field>
        </>
      )}
      {detection === "absence" && (
        <Seconds name="absenceSec" label="Silent for, s" value={draft.absenceSec ?? 30} least={5} />
      )}
      {detection === "history" && (
        <Field label="Sensitivity" hint="0.5–1: how far out">
          <Input name="sensitivity" inputMode="decimal" defaultValue={draft.sensitivity ?? 0.99} />
        </Field>
      )}
      <Seconds name="windowSec" label="Judged over, s" value={draft.windowSec} least={5} />
      <Seconds name="forSec" label="Bad until it fires, s" value={draft.forSec} />
      <Seconds name="keepFiringSec" label="Good until resolved, s" value={draft.keepFiringSec} />
      <div className="col-span-2 sm:col-span-4">
        <Field label="Runbook">
          <Input name="runbookUrl" type="url" placeholder="https://…" defaultValue={draft.runbookUrl ?? ""} />
        </Field>
      </div>
    </div>
  )
}

const Seconds = ({ name, label, value, least = 0 }: { name: string; label: string; value: number; least?: number }) => (
  <Field label={label}>
    <Input name={name} type="number" min={least} max={86_400} required defaultValue={value} />
  </Field>
)
