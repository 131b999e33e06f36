"use client"
import type { Policy, Target } from "@ossagent/wire"
import { type Option, useNames } from "../oncall/use-names.ts"
import { IconButton } from "../piece/button.tsx"
import { Field, Input, Select } from "../piece/field.tsx"
import { OrderButtons, without } from "../piece/order.tsx"

type Step = Policy["steps"][number]

interface StepFieldsProps {
  step: Step
  at: number
  count: number
  onChange: (step: Step) => void
  onMove: (to: number) => void
  onRemove: () => void
}

const KIND_NAMES: Record<Target["kind"], string> = { contact: "person", schedule: "on call", channel: "channel" }

/** One step: when, and whom. */
export function StepFields({ step, at, count, onChange, onMove, onRemove }: StepFieldsProps) {
  const names = useNames()
  const { afterMin, targets } = step
  const label = `Step ${at + 1}`
  const groups: [string, Target["kind"], Option[]][] = [
    ["On call in", "schedule", names.schedules],
    ["Person", "contact", names.contacts],
    ["Channel", "channel", names.channels],
  ]
  const add = (value: string): void => {
    const [kind = "contact", id = ""] = value.split(" ")
    if (!targets.some((one) => one.kind === kind && one.id === id))
      onChange({ ...step, targets: [...targets, { kind, id } as Target] })
  }
  return (
    <section aria-label={label} className="space-y-2 rounded-md border border-line p-3">
      <header className="flex items-center justify-between">
        <h3 className="font-medium text-[13px]">{label}</h3>
        <OrderButtons name={label} at={at} count={count} least={1} onMove={onMove} onRemove={onRemove} />
      </header>
      <Field
        label={at === 0 ? "After it fires, min" : "After the step before, min"}
        hint={at === 0 ? "0: at once" : "when nobody has acknowledged by then"}
      >
        <Input
          type="number"
          required
          min={0}
          max={10_080}
          value={afterMin}
          onChange={(event) => onChange({ ...step, afterMin: Number(event.target.value) })}
          className="sm:!w-40"
        />
      </Field>
      <ul>
        {targets.map(({ kind, id }, i) => (
          <li key={`${kind} ${id}`} className="flex items-center gap-2 text-[13px]">
            <span className="min-w-0 flex-1 break-words">
              {names.nameOf(kind, id)} <span className="text-ink-3 text-xs">{KIND_NAMES[kind]}</span>
            </span>
            <IconButton
              icon="trash"
              label={`Remove ${names.nameOf(kind, id)}`}
              onClick={() => onChange({ ...step, targets: without(targets, i) })}
            />
          </li>
        ))}
      </ul>
      <Select
        aria-label={`Add to step ${at + 1}`}
        value=""
        onChange={(event) => add(event.target.value)}
        className="sm:!w-64"
      >
        <option value="">Tell …</option>
        {groups.map(([group, kind, options]) => (
          <optgroup key={kind} label={group}>
            {options.map(({ value, label: name }) => (
              <option key={value} value={`${kind} ${value}`}>
                {name}
              </option>
            ))}
          </optgroup>
        ))}
      </Select>
    </section>
  )
}
