"use client"
import type { NewRule } from "@ossagent/wire"
import { useState } from "react"
import { Button, IconButton } from "../piece/button.tsx"
import { Field, Input } from "../piece/field.tsx"
import { MOST_BURN_WINDOWS } from "./fromform.ts"

type Window = NonNullable<NewRule["burn"]>["windows"][number]

/** Of the SRE workbook: 2 % of a month's budget in an hour, 5 % in six. */
const USUAL: Window[] = [
  { longSec: 3_600, shortSec: 300, factor: 14.4 },
  { longSec: 21_600, shortSec: 1_800, factor: 6 },
]

/** What is promised, and how fast its budget may be used up; both windows of a line must burn. */
export function BurnFields({ burn }: { burn: NewRule["burn"] }) {
  const [lines, setLines] = useState(() => (burn?.windows ?? USUAL).map((window, i) => ({ id: i, window })))
  return (
    <fieldset className="space-y-3">
      <legend className="mb-1 font-medium text-[13px] text-ink-2">Error budget</legend>
      <Field label="Promised share of good ones, %" hint="99.9: one in a thousand may fail">
        <Input
          name="objective"
          inputMode="decimal"
          required
          defaultValue={Number(((burn?.objective ?? 0.999) * 100).toPrecision(12))}
          className="sm:!w-40"
        />
      </Field>
      {lines.map(({ id, window }, i) => (
        <div key={id} className="flex flex-wrap items-end gap-3">
          <Part name={`long${i}`} label="Long window, s" value={window.longSec} />
          <Part name={`short${i}`} label="Short window, s" value={window.shortSec} />
          <span className="w-28">
            <Field label="Times too fast">
              <Input name={`factor${i}`} inputMode="decimal" required defaultValue={window.factor} />
            </Field>
          </span>
          <IconButton
            icon="trash"
            label={`Remove windows ${i + 1}`}
            disabled={lines.length === 1}
            onClick={() => setLines(lines.filter((one) => one.id !== id))}
          />
        </div>
      ))}
      <Button
        icon="plus"
        look="quiet"
        disabled={lines.length >= MOST_BURN_WINDOWS}
        onClick={() =>
          setLines([
            ...lines,
            { id: Math.max(...lines.map(({ id }) => id)) + 1, window: { longSec: 3_600, shortSec: 300, factor: 14.4 } },
          ])
        }
      >
        Add windows
      </Button>
    </fieldset>
  )
}

const Part = ({ name, label, value }: { name: string; label: string; value: number }) => (
  <span className="w-36">
    <Field label={label}>
      <Input name={name} type="number" min={5} max={86_400} required defaultValue={value} />
    </Field>
  </span>
)
