"use client"
import type { Alarm } from "@ossagent/wire"
import { type FormEvent, useState } from "react"
import { useAlarmActions } from "../alarm/act.ts"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Field, Input, Select } from "../piece/field.tsx"

const LENGTHS: [minutes: number, name: string][] = [
  [30, "30 minutes"],
  [60, "1 hour"],
  [240, "4 hours"],
  [1_440, "1 day"],
  [10_080, "1 week"],
]

interface Matcher {
  dim: string
  value: string
}

/** What an alarm is known by, each to be taken or left. */
const matchersOf = (alarm: Alarm): Matcher[] => [
  ...Object.entries(alarm.group).map(([dim, value]) => ({ dim, value })),
  ...(alarm.metric ? [{ dim: "metric", value: alarm.metric }] : []),
  { dim: "rule", value: alarm.ruleName },
]

/** Silences what looks like this alarm. */
export function SilenceDialog({ alarm, onClose }: { alarm: Alarm; onClose: () => void }) {
  const { silence } = useAlarmActions()
  const offered = matchersOf(alarm)
  const [taken, setTaken] = useState<ReadonlySet<string>>(
    new Set(offered.filter(({ dim }) => dim !== "rule" && dim !== "version" && dim !== "host").map(({ dim }) => dim)),
  )
  const [busy, setBusy] = useState(false)
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    const done = await silence({
      matchers: offered
        .filter(({ dim }) => taken.has(dim))
        .map(({ dim, value }) => ({ dim, op: "in", values: [value] })),
      until: Date.now() + Number(form.get("minutes")) * 60_000,
      reason: String(form.get("reason")),
    })
    setBusy(false)
    if (done) onClose()
  }
  return (
    <Dialog title="Silence" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="space-y-4">
        <p className="text-[13px] text-ink-2">
          Matching alarms stay visible here, and nobody is notified of them. Everything below must match.
        </p>
        <Offered offered={offered} taken={taken} onChange={setTaken} />
        <Field label="For">
          <Select name="minutes" defaultValue={60}>
            {LENGTHS.map(([minutes, name]) => (
              <option key={minutes} value={minutes}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Reason" hint="For those who wonder why it is quiet.">
          <Input name="reason" required maxLength={1_000} placeholder="Planned work on …" autoComplete="off" />
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={busy || taken.size === 0}>
            Silence
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

interface OfferedProps {
  offered: readonly Matcher[]
  taken: ReadonlySet<string>
  onChange: (taken: ReadonlySet<string>) => void
}

function Offered({ offered, taken, onChange }: OfferedProps) {
  const toggle = (dim: string): void => {
    const next = new Set(taken)
    if (!next.delete(dim)) next.add(dim)
    onChange(next)
  }
  return (
    <fieldset className="space-y-1 rounded-md border border-line p-3">
      <legend className="px-1 font-medium text-[13px] text-ink-2">Matching</legend>
      {offered.map(({ dim, value }) => (
        <label key={dim} className="flex cursor-pointer items-center gap-2 text-[13px]">
          <input
            type="checkbox"
            checked={taken.has(dim)}
            onChange={() => toggle(dim)}
            className="size-4 accent-(--accent)"
          />
          <span className="text-ink-3">{dim.replace(/^label\./, "")}</span>
          <span className="font-medium break-all">{value || "(none)"}</span>
        </label>
      ))}
    </fieldset>
  )
}
