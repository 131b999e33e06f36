"use client"
import { useId } from "react"
import { Button, IconButton } from "../piece/button.tsx"
import { Input, Select } from "../piece/field.tsx"
import { type Draft, emptyDraft } from "./draft.ts"

const MOST = 16

interface MatchersProps {
  legend?: string
  /** What to choose from. */
  dims: readonly string[]
  /** How many there must be. */
  least: 0 | 1
  /** What it means that there are none. */
  none?: string
  /** Texts with `*` may be asked for. */
  like?: boolean
  drafts: readonly Draft[]
  onChange: (drafts: Draft[]) => void
  /** Known values of a dimension, to choose from. */
  suggest: Record<string, readonly string[]>
}

/** Lines of dimension, is or is not, and values. */
export function Matchers({
  legend = "Which alarms: all of these must match",
  dims,
  least,
  none,
  like = false,
  drafts,
  onChange,
  suggest,
}: MatchersProps) {
  const listId = useId()
  const change = (id: number, part: Partial<Draft>): void =>
    onChange(drafts.map((draft) => (draft.id === id ? { ...draft, ...part } : draft)))
  const free = dims.find((dim) => drafts.every((draft) => draft.dim !== dim)) ?? "label."
  return (
    <fieldset className="space-y-2">
      <legend className="mb-1 font-medium text-[13px] text-ink-2">{legend}</legend>
      {drafts.length === 0 && none && <p className="text-[13px] text-ink-3">{none}</p>}
      {drafts.map((draft, i) => (
        <div key={draft.id} className="flex flex-wrap items-center gap-2">
          <Input
            aria-label={`Dimension ${i + 1}`}
            list={`${listId}-dims`}
            required
            value={draft.dim}
            onChange={(event) => change(draft.id, { dim: event.target.value })}
            className="!w-32 flex-1 sm:flex-none"
          />
          <Select
            aria-label={`Comparison ${i + 1}`}
            value={draft.op}
            onChange={(event) => change(draft.id, { op: event.target.value as Draft["op"] })}
            className="!w-24"
          >
            <option value="in">is</option>
            <option value="notIn">is not</option>
            {like && <option value="like">is like</option>}
          </Select>
          <Input
            aria-label={`Values ${i + 1}`}
            list={`${listId}-${draft.id}`}
            required
            placeholder={draft.op === "like" ? "* stands for any text" : "one, or several with commas"}
            value={draft.values}
            onChange={(event) => change(draft.id, { values: event.target.value })}
            className="!w-auto order-last min-w-0 flex-1 basis-full sm:order-none sm:basis-36"
          />
          <datalist id={`${listId}-${draft.id}`}>
            {suggest[draft.dim]?.map((value) => (
              <option key={value} value={value} />
            ))}
          </datalist>
          <IconButton
            icon="trash"
            label={`Remove matcher ${i + 1}`}
            disabled={drafts.length <= least}
            onClick={() => onChange(drafts.filter(({ id }) => id !== draft.id))}
          />
        </div>
      ))}
      <datalist id={`${listId}-dims`}>
        {dims.map((dim) => (
          <option key={dim} value={dim} />
        ))}
      </datalist>
      <Button
        icon="plus"
        look="quiet"
        disabled={drafts.length >= MOST}
        onClick={() => onChange([...drafts, emptyDraft(free)])}
      >
        Add matcher
      </Button>
    </fieldset>
  )
}
