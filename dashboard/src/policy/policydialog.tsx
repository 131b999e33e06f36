"use client"
import type { Policy } from "@ossagent/wire"
import { useState } from "react"
import { DocumentDialog } from "../document/documentdialog.tsx"
import { type Item, toDocument } from "../document/use-documents.ts"
import { Button } from "../piece/button.tsx"
import { Check, Field, Input } from "../piece/field.tsx"
import { moved, withOne, without } from "../piece/order.tsx"
import { StepFields } from "./stepfields.tsx"

const NEW: Policy = {
  ...{ name: "", steps: [{ afterMin: 0, targets: [] }], rounds: 0 },
  ...{ repeatMin: 240, ackMin: 0, tellResolved: true },
}
const MOST_STEPS = 20

function toBody(draft: Policy): Policy {
  const empty = draft.steps.findIndex(({ targets }) => targets.length === 0)
  if (empty >= 0) throw new Error(`Step ${empty + 1} tells nobody: add somebody, or remove the step.`)
  return { ...draft, name: draft.name.trim() }
}

export function PolicyDialog({ item, onClose }: { item: Item<"policy"> | null; onClose: () => void }) {
  const [draft, setDraft] = useState<Policy>(() => (item ? toDocument(item) : NEW))
  const change = (part: Partial<Policy>): void => setDraft({ ...draft, ...part })
  const { steps } = draft
  return (
    <DocumentDialog
      kind="policy"
      id={item?.id ?? null}
      title={item ? `Change “${item.name}”` : "New policy"}
      toBody={() => toBody(draft)}
      onClose={onClose}
    >
      <Field label="Name">
        <Input
          required
          maxLength={120}
          placeholder="Back end"
          value={draft.name}
          onChange={(event) => change({ name: event.target.value })}
        />
      </Field>
      {steps.map((step, i) => (
        <StepFields
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place
          key={i}
          step={step}
          at={i}
          count={steps.length}
          onChange={(next) => change({ steps: withOne(steps, i, next) })}
          onMove={(to) => change({ steps: moved(steps, i, to) })}
          onRemove={() => change({ steps: without(steps, i) })}
        />
      ))}
      <Button
        icon="plus"
        look="quiet"
        disabled={steps.length >= MOST_STEPS}
        onClick={() => change({ steps: [...steps, { afterMin: 10, targets: [] }] })}
      >
        Add step
      </Button>
      <div className="grid gap-4 sm:grid-cols-3">
        <Whole
          label="Go through it again, times"
          hint="after the last step, while nobody has acknowledged"
          most={10}
          value={draft.rounds}
          onChange={(rounds) => change({ rounds })}
        />
        <Whole
          label="Tell again every, min"
          hint="while it fires, acknowledged or not; 0: never"
          value={draft.repeatMin}
          onChange={(repeatMin) => change({ repeatMin })}
        />
        <Whole
          label="An acknowledgement holds, min"
          hint="then it starts anew while it still fires; 0: for ever"
          value={draft.ackMin}
          onChange={(ackMin) => change({ ackMin })}
        />
      </div>
      <Check checked={draft.tellResolved} onChange={(event) => change({ tellResolved: event.target.checked })}>
        Tell them too when it is over
      </Check>
    </DocumentDialog>
  )
}

const WEEK_MIN = 10_080

interface WholeProps {
  label: string
  hint: string
  most?: number
  value: number
  onChange: (value: number) => void
}

const Whole = ({ label, hint, most = WEEK_MIN, value, onChange }: WholeProps) => (
  <Field label={label} hint={hint}>
    <Input
      type="number"
      required
      min={0}
      max={most}
      value={value}
      onChange={(event) => onChange(Number(event.target.value))}
    />
  </Field>
)
