"use client"
import type { Layer } from "@ossagent/wire"
import Link from "next/link"
import { useNames } from "../oncall/use-names.ts"
import { Check, Field, Input, Select, Ticks } from "../piece/field.tsx"
import { moved, OrderButtons, without } from "../piece/order.tsx"
import { DAYS } from "../time/days.ts"

interface LayerFieldsProps {
  layer: Layer
  at: number
  count: number
  onChange: (layer: Layer) => void
  onMove: (to: number) => void
  onRemove: () => void
}

/** One rotation: who, in which turn, how long each, and at which times. */
export function LayerFields({ layer, at, count, onChange, onMove, onRemove }: LayerFieldsProps) {
  const { name, start, turn, only } = layer
  const label = `Layer ${at + 1}`
  return (
    <section aria-label={label} className="space-y-3 rounded-md border border-line p-3">
      <header className="flex items-center justify-between">
        <h3 className="font-medium text-[13px]">
          {label}
          {count > 1 && <span className="font-normal text-ink-3"> · a later one wins over an earlier one</span>}
        </h3>
        <OrderButtons name={label} at={at} count={count} least={1} onMove={onMove} onRemove={onRemove} />
      </header>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Name of the layer">
          <Input
            required
            maxLength={120}
            value={name}
            onChange={(event) => onChange({ ...layer, name: event.target.value })}
          />
        </Field>
        <Field label="First turn begins">
          <Input
            type="datetime-local"
            required
            value={start}
            onChange={(event) => onChange({ ...layer, start: event.target.value.slice(0, 16) })}
          />
        </Field>
        <Field label="A turn lasts">
          <span className="flex gap-2">
            <Input
              type="number"
              required
              min={1}
              max={1_000}
              aria-label="Length of a turn"
              value={turn.count}
              onChange={(event) => onChange({ ...layer, turn: { ...turn, count: Number(event.target.value) } })}
            />
            <Select
              aria-label="Unit of a turn"
              value={turn.unit}
              onChange={(event) =>
                onChange({ ...layer, turn: { ...turn, unit: event.target.value as Layer["turn"]["unit"] } })
              }
            >
              <option value="hour">hours</option>
              <option value="day">days</option>
              <option value="week">weeks</option>
            </Select>
          </span>
        </Field>
      </div>
      <Turns layer={layer} onChange={onChange} />
      <Check
        checked={only === undefined}
        onChange={(event) => {
          const { only: _only, ...always } = layer
          onChange(event.target.checked ? always : { ...layer, only: { days: [], from: "08:00", to: "18:00" } })
        }}
      >
        At every hour
      </Check>
      {only && (
        <div className="space-y-3">
          <Ticks
            label="Only on"
            hint="None ticked: every day."
            choices={DAYS}
            value={only.days}
            onChange={(days) => onChange({ ...layer, only: { ...only, days } })}
          />
          <div className="flex flex-wrap gap-3">
            <Field label="From">
              <Input
                type="time"
                required
                value={only.from}
                onChange={(event) => onChange({ ...layer, only: { ...only, from: event.target.value } })}
              />
            </Field>
            <Field label="To">
              <Input
                type="time"
                required
                value={only.to}
                onChange={(event) => onChange({ ...layer, only: { ...only, to: event.target.value } })}
              />
            </Field>
          </div>
        </div>
      )}
    </section>
  )
}

function Turns({ layer, onChange }: { layer: Layer; onChange: (layer: Layer) => void }) {
  const { contacts, nameOf } = useNames()
  const taken = layer.contacts
  return (
    <div className="space-y-1">
      <p className="font-medium text-[13px] text-ink-2">In turn</p>
      <ol>
        {taken.map((id, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: somebody may have several turns
          <li key={`${id} ${i}`} className="flex items-center gap-2 text-[13px]">
            <span className="min-w-0 flex-1 break-words">
              {i + 1}. {nameOf("contact", id)}
            </span>
            <OrderButtons
              name={nameOf("contact", id)}
              at={i}
              count={taken.length}
              onMove={(to) => onChange({ ...layer, contacts: moved(taken, i, to) })}
              onRemove={() => onChange({ ...layer, contacts: without(taken, i) })}
            />
          </li>
        ))}
      </ol>
      {contacts.length === 0 ? (
        <p className="text-[13px] text-ink-3">
          There are no contacts yet:{" "}
          <Link prefetch={false} href="/oncall/contacts" className="text-accent underline">
            make some
          </Link>{" "}
          first.
        </p>
      ) : (
        <Select
          aria-label="Add to the turns"
          value=""
          onChange={(event) => onChange({ ...layer, contacts: [...taken, event.target.value] })}
          className="sm:!w-64"
        >
          <option value="">Add somebody …</option>
          {contacts.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      )}
    </div>
  )
}
