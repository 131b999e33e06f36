"use client"
import type { Maintenance } from "@ossagent/wire"
import { useState } from "react"
import { DocumentDialog } from "../document/documentdialog.tsx"
import { type Item, toDocument } from "../document/use-documents.ts"
import { ALL_DIMS, emptyDraft, toDraftFault, toDrafts, toMatchers } from "../matcher/draft.ts"
import { Matchers } from "../matcher/matchers.tsx"
import { useSuggestions } from "../matcher/use-suggestions.ts"
import { Field, Input, Segments, Ticks } from "../piece/field.tsx"
import { DAYS, localNow } from "../time/days.ts"
import { ownZone, ZoneField } from "../time/zones.tsx"

const REPEATS = [
  { value: "none", label: "Once" },
  { value: "daily", label: "Daily" },
  { value: "weekly", label: "Weekly" },
] as const

const toNew = (): Maintenance => ({
  ...{ name: "", matchers: [], timeZone: ownZone(), start: localNow(ownZone(), Date.now()) },
  ...{ durationMin: 120, repeat: "none", days: [] },
})

interface MaintenanceDialogProps {
  item: Item<"maintenance"> | null
  onClose: () => void
}

export function MaintenanceDialog({ item, onClose }: MaintenanceDialogProps) {
  const suggest = useSuggestions()
  const [draft, setDraft] = useState<Maintenance>(() => (item ? toDocument(item) : toNew()))
  const [drafts, setDrafts] = useState(() => (item ? toDrafts(item.matchers) : [emptyDraft("service")]))
  const change = (part: Partial<Maintenance>): void => setDraft({ ...draft, ...part })
  const { name, timeZone, start, durationMin, repeat, days, until } = draft
  const toBody = (): Maintenance => {
    const fault = toDraftFault(drafts)
    if (fault) throw new Error(fault)
    if (repeat === "weekly" && days.length === 0) throw new Error("Choose at least one day of the week.")
    const body = { name: name.trim(), matchers: toMatchers(drafts), timeZone, start, durationMin, repeat }
    return { ...body, days: repeat === "weekly" ? days : [], ...(repeat !== "none" && until ? { until } : {}) }
  }
  return (
    <DocumentDialog
      kind="maintenance"
      id={item?.id ?? null}
      title={item ? `Change “${item.name}”` : "New maintenance window"}
      toBody={toBody}
      onClose={onClose}
    >
      <Field label="Name" hint="Said wherever an alarm is quiet because of it.">
        <Input
          required
          maxLength={120}
          placeholder="Backup of the database"
          value={name}
          onChange={(event) => change({ name: event.target.value })}
        />
      </Field>
      <Matchers
        dims={ALL_DIMS}
        least={0}
        like
        none="None: it covers every alarm."
        drafts={drafts}
        onChange={setDrafts}
        suggest={suggest}
      />
      <Segments label="How often" choices={REPEATS} value={repeat} onChange={(value) => change({ repeat: value })} />
      {repeat === "weekly" && (
        <Ticks label="On these days" choices={DAYS} value={days} onChange={(value) => change({ days: value })} />
      )}
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label={repeat === "none" ? "From" : "First from"}>
          <Input
            type="datetime-local"
            required
            value={start}
            onChange={(event) => change({ start: event.target.value.slice(0, 16) })}
          />
        </Field>
        <Field label="For, minutes">
          <Input
            type="number"
            required
            min={1}
            max={repeat === "daily" ? 1_439 : 10_080}
            value={durationMin}
            onChange={(event) => change({ durationMin: Number(event.target.value) })}
          />
        </Field>
        <ZoneField value={timeZone} onChange={(zone) => change({ timeZone: zone })} />
      </div>
      {repeat !== "none" && (
        <Field label="Last day" hint="Empty: for ever.">
          <Input
            type="date"
            value={until ?? ""}
            onChange={(event) => change({ until: event.target.value })}
            className="sm:!w-52"
          />
        </Field>
      )}
    </DocumentDialog>
  )
}
