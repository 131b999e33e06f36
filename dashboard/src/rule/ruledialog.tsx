"use client"
import type { CatalogEntry, Detection, NewRule, Rule } from "@ossagent/wire"
import { type FormEvent, useMemo, useRef, useState } from "react"
import { useCatalog } from "../catalog/use-catalog.ts"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Check, Field, Input, Select } from "../piece/field.tsx"
import { Failure } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { Backtest } from "./backtest.tsx"
import { ruleFromForm } from "./fromform.ts"
import { HowFields } from "./howfields.tsx"
import { RulePreview } from "./rulepreview.tsx"
import { DETECTION_NAMES, EMPTY_RULE, formatFilters, NEEDS_METRIC, toNewRule } from "./words.ts"

interface RuleDialogProps {
  /** Null: a new one. */
  rule: Rule | null
  onClose: () => void
  onDone: () => void
}

export function RuleDialog({ rule, onClose, onDone }: RuleDialogProps) {
  const [draft, setDraft] = useState<NewRule>(() => (rule ? toNewRule(rule) : EMPTY_RULE))
  const [detection, setDetection] = useState<Detection>(draft.detection)
  const [error, setError] = useState<Error | null>(null)
  const { entries } = useCatalog({}, 10_000)
  const form = useRef<HTMLFormElement>(null)
  const read = (form: HTMLFormElement): void => {
    setDetection(String(new FormData(form).get("detection")) as Detection)
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
  const isShown = draft.metric !== "" && draft.detection === detection
  return (
    <Dialog title={rule ? `Change “${rule.name}”` : "New rule"} onClose={onClose} wide>
      <form
        ref={form}
        onSubmit={(event) => void save(event)}
        onChange={(event) => read(event.currentTarget)}
        className="space-y-4"
      >
        <What draft={draft} detection={detection} entries={entries ?? []} />
        <HowFields draft={draft} detection={detection} />
        {isShown && <RulePreview rule={draft} unit={unitOf(entries ?? [], draft.metric)} />}
        <Backtest read={() => ruleFromForm(new FormData(form.current ?? undefined))} />
        {error && <Failure error={error} />}
        <div className="flex items-center justify-end gap-2">
          <span className="mr-auto">
            <Check name="enabled" defaultChecked={draft.enabled}>
              Watched
            </Check>
          </span>
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

interface WhatProps {
  draft: NewRule
  detection: Detection
  entries: readonly CatalogEntry[]
}

function What({ draft, detection, entries }: WhatProps) {
  const names = useMemo(() => [...new Set(entries.map(({ metric }) => metric))].sort(), [entries])
  const isNeeded = NEEDS_METRIC.includes(detection)
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
      <Field label="Metric" hint={isNeeded ? undefined : "Empty: all of them"}>
        <Input name="metric" list="metric-names" required={isNeeded} defaultValue={draft.metric} autoComplete="off" />
      </Field>
      <datalist id="metric-names">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Field label="Fires when it">
        <Select name="detection" defaultValue={draft.detection}>
          {Object.entries(DETECTION_NAMES).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Only where" hint="service = shop, version != 8.0.1 | 8.0.2, label.route = /pay">
        <Input name="filters" defaultValue={formatFilters(draft.filters)} placeholder="everywhere" autoComplete="off" />
      </Field>
      <Field
        label="Each by itself"
        hint={
          detection === "versions"
            ? "service, version, … – version must be among them: versions are compared"
            : "service, subsystem, version, host, label.…"
        }
      >
        <Input name="split" defaultValue={draft.split.join(", ")} placeholder="all together" autoComplete="off" />
      </Field>
      <Field label="Owner" hint="A team or person; routes can match it.">
        <Input name="owner" maxLength={120} defaultValue={draft.owner ?? ""} autoComplete="off" />
      </Field>
      <Field label="Runbook">
        <Input name="runbookUrl" type="url" placeholder="https://…" defaultValue={draft.runbookUrl ?? ""} />
      </Field>
    </div>
  )
}
