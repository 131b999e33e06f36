"use client"
import { type FormEvent, useState } from "react"
import { useRenewAlarms } from "../alarm/act.ts"
import { type Draft, PLACE_DIMS, toMatchers } from "../matcher/draft.ts"
import { Matchers } from "../matcher/matchers.tsx"
import { useSuggestions } from "../matcher/use-suggestions.ts"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Field, Input, Select } from "../piece/field.tsx"
import { Failure } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { useTell } from "../shell/notice.tsx"
import { formatInstant } from "../time/clock.ts"
import { useNow, useZone } from "../time/provider.tsx"
import { toFault } from "./form.ts"

const HOUR_MS = 3_600_000
const LENGTHS: [string, number][] = [
  ["30 minutes", HOUR_MS / 2],
  ["1 hour", HOUR_MS],
  ["2 hours", 2 * HOUR_MS],
  ["8 hours", 8 * HOUR_MS],
  ["1 day", 24 * HOUR_MS],
  ["3 days", 72 * HOUR_MS],
  ["1 week", 168 * HOUR_MS],
]
const OWN = "own"

/** Makes a silence, from nothing or from what an alarm is known by. */
export function SilenceDialog({ start, onClose }: { start: Draft[]; onClose: () => void }) {
  const tell = useTell()
  const renew = useRenewAlarms()
  const { zone } = useZone()
  const now = useNow(1_000)
  const suggest = useSuggestions()
  const [drafts, setDrafts] = useState(start)
  const [length, setLength] = useState(String(2 * HOUR_MS))
  const [own, setOwn] = useState("")
  const [reason, setReason] = useState("")
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  const until = length === OWN ? Date.parse(zone === "utc" ? `${own}Z` : own) : now + Number(length)
  async function make(event: FormEvent): Promise<void> {
    event.preventDefault()
    const fault = toFault(drafts) ?? (until > Date.now() ? null : "Choose an end that is yet to come.")
    setError(fault === null ? null : new Error(fault))
    if (fault !== null) return
    setBusy(true)
    try {
      await call("/api/alerting/silences", { method: "POST", body: { matchers: toMatchers(drafts), until, reason } })
      tell(`Silenced until ${formatInstant(until, zone)}.`)
      onClose()
      void renew()
    } catch (failed) {
      setError(failed as Error)
      setBusy(false)
    }
  }
  return (
    <Dialog title="Silence" onClose={onClose} wide>
      <form onSubmit={(event) => void make(event)} className="space-y-4">
        <p className="text-[13px] text-ink-2">Matching alarms stay visible, and nobody is notified of them.</p>
        <Matchers dims={PLACE_DIMS} least={1} drafts={drafts} onChange={setDrafts} suggest={suggest} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="For how long" hint={until > 0 && now > 0 ? `until ${formatInstant(until, zone)}` : undefined}>
            <Select value={length} onChange={(event) => setLength(event.target.value)}>
              {LENGTHS.map(([name, ms]) => (
                <option key={ms} value={ms}>
                  {name}
                </option>
              ))}
              <option value={OWN}>until a time …</option>
            </Select>
          </Field>
          {length === OWN && (
            <Field label={`Until${zone === "utc" ? " (UTC)" : ""}`}>
              <Input type="datetime-local" required value={own} onChange={(event) => setOwn(event.target.value)} />
            </Field>
          )}
        </div>
        <Field label="Reason" hint="Everybody sees it, and it goes into the audit.">
          <Input
            required
            maxLength={1_000}
            placeholder="Planned upgrade of …"
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
        {error && <Failure error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={busy}>
            {busy ? "Silencing …" : "Silence"}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
