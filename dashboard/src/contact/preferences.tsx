"use client"
import type { ChannelKind, Preference, Severity } from "@ossagent/wire"
import { CHANNEL_NAMES } from "../message/words.ts"
import { Button } from "../piece/button.tsx"
import { Check, Field, Input, Select, Ticks } from "../piece/field.tsx"
import { moved, OrderButtons, withOne, without } from "../piece/order.tsx"
import { DAYS } from "../time/days.ts"
import { NO_PREFERENCE, PERSONAL } from "./words.ts"

const NEW: Preference = {
  ...{ severities: [], days: [], hours: null },
  ...{ channels: ["im", "email"], mode: "inOrder", fallbackSec: 60 },
}
const MOST = 20
const SEVERITIES: { value: Severity; label: string }[] = [
  { value: "critical", label: "critical" },
  { value: "warning", label: "warning" },
  { value: "info", label: "info" },
]

interface PreferencesProps {
  value: readonly Preference[]
  onChange: (value: Preference[]) => void
}

/** How a person wants to be told: the first that fits severity and hour counts. */
export function Preferences({ value, onChange }: PreferencesProps) {
  return (
    <fieldset className="space-y-3">
      <legend className="font-medium text-[13px] text-ink-2">How to be told: the first that fits counts</legend>
      {value.length === 0 && <p className="text-[13px] text-ink-3">None yet: {NO_PREFERENCE}.</p>}
      {value.map((one, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a preference is known by its place
        <section key={i} aria-label={`Preference ${i + 1}`} className="space-y-3 rounded-md border border-line p-3">
          <header className="flex items-center justify-between">
            <h3 className="font-medium text-[13px]">{i + 1}.</h3>
            <OrderButtons
              name={`preference ${i + 1}`}
              at={i}
              count={value.length}
              onMove={(to) => onChange(moved(value, i, to))}
              onRemove={() => onChange(without(value, i))}
            />
          </header>
          <When value={one} onChange={(next) => onChange(withOne(value, i, next))} />
          <Ways value={one} onChange={(next) => onChange(withOne(value, i, next))} />
        </section>
      ))}
      <Button icon="plus" look="quiet" disabled={value.length >= MOST} onClick={() => onChange([...value, NEW])}>
        Add preference
      </Button>
    </fieldset>
  )
}

interface PartProps {
  value: Preference
  onChange: (value: Preference) => void
}

function When({ value, onChange }: PartProps) {
  const { severities, days, hours } = value
  return (
    <>
      <Ticks
        label="For"
        hint="None ticked: every severity."
        choices={SEVERITIES}
        value={severities}
        onChange={(next) => onChange({ ...value, severities: next })}
      />
      <Ticks
        label="On"
        hint="None ticked: every day."
        choices={DAYS}
        value={days}
        onChange={(next) => onChange({ ...value, days: next })}
      />
      <div className="flex flex-wrap items-end gap-3">
        <Check
          checked={hours === null}
          onChange={(event) =>
            onChange({ ...value, hours: event.target.checked ? null : { from: "08:00", to: "20:00" } })
          }
        >
          The whole day
        </Check>
        {hours && (
          <>
            <Field label="From">
              <Input
                type="time"
                required
                value={hours.from}
                onChange={(event) => onChange({ ...value, hours: { ...hours, from: event.target.value } })}
              />
            </Field>
            <Field label="To">
              <Input
                type="time"
                required
                value={hours.to}
                onChange={(event) => onChange({ ...value, hours: { ...hours, to: event.target.value } })}
              />
            </Field>
          </>
        )}
      </div>
    </>
  )
}

function Ways({ value, onChange }: PartProps) {
  const { channels, mode, fallbackSec } = value
  const free = PERSONAL.filter((kind) => !channels.includes(kind))
  const set = (next: ChannelKind[]): void => onChange({ ...value, channels: next })
  return (
    <div className="space-y-2">
      <p className="font-medium text-[13px] text-ink-2">By</p>
      {channels.length === 0 && <p className="text-[13px] text-ink-3">Nothing: not told at all.</p>}
      <ol className="space-y-1">
        {channels.map((kind, i) => (
          <li key={kind} className="flex items-center gap-2 text-[13px]">
            <span className="w-24">
              {i + 1}. {CHANNEL_NAMES[kind]}
            </span>
            <OrderButtons
              name={CHANNEL_NAMES[kind]}
              at={i}
              count={channels.length}
              onMove={(to) => set(moved(channels, i, to))}
              onRemove={() => set(without(channels, i))}
            />
          </li>
        ))}
      </ol>
      {free.length > 0 && (
        <div className="flex flex-wrap gap-2">
          {free.map((kind) => (
            <Button key={kind} icon="plus" look="quiet" onClick={() => set([...channels, kind])}>
              {CHANNEL_NAMES[kind]}
            </Button>
          ))}
        </div>
      )}
      {channels.length > 1 && (
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="In which way">
            <Select
              value={mode}
              onChange={(event) => onChange({ ...value, mode: event.target.value as Preference["mode"] })}
            >
              <option value="inOrder">one after the other</option>
              <option value="all">all at once</option>
            </Select>
          </Field>
          {mode === "inOrder" && (
            <Field label="Next one after, s" hint="without delivery by the one before">
              <Input
                type="number"
                required
                min={10}
                max={3_600}
                value={fallbackSec}
                onChange={(event) => onChange({ ...value, fallbackSec: Number(event.target.value) })}
              />
            </Field>
          )}
        </div>
      )}
    </div>
  )
}
