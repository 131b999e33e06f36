"use client"
import type { Filter } from "@ossagent/wire"
import { Segments } from "../piece/field.tsx"
import { Icon } from "../piece/icon.tsx"
import { Checks } from "./controls.tsx"
import { dimName, type Facts } from "./facts.ts"
import type { View } from "./view.ts"

interface FiltersProps {
  facts: Facts
  view: View
  onChange: (change: Partial<View>) => void
}

/** Which series count: a choice of values for each dimension. */
export function Filters({ facts, view, onChange }: FiltersProps) {
  const set = (filters: Filter[]): void => onChange({ filters })
  // what has one value only leaves nothing to choose
  const dims = facts.dims.filter(({ dim, values }) => values.length > 1 || view.filters.some((one) => one.dim === dim))
  if (dims.length === 0) return null
  return (
    <div className="flex flex-wrap items-center gap-2">
      {dims.map(({ dim, values }) => {
        const filter = view.filters.find((one) => one.dim === dim)
        const others = view.filters.filter((one) => one.dim !== dim)
        const chosen = filter?.values ?? []
        const known = [...new Set([...values, ...chosen])]
        return (
          <div key={dim} className="flex items-center">
            <Checks
              title={`Filter by ${dimName(dim)}`}
              label={labelOf(dimName(dim), filter)}
              choices={known.map((value) => ({ value, label: value }))}
              chosen={chosen}
              head={filter && <Op filter={filter} onChange={(op) => set([...others, { ...filter, op }])} />}
              onChange={(next) =>
                set(next.length > 0 ? [...others, { dim, op: filter?.op ?? "in", values: next }] : others)
              }
            />
            {filter && (
              <button
                type="button"
                aria-label={`Remove the filter by ${dimName(dim)}`}
                title="Remove"
                onClick={() => set(others)}
                className="-ml-0.5 rounded p-1.5 text-ink-3 hover:text-ink"
              >
                <Icon name="close" size={14} />
              </button>
            )}
          </div>
        )
      })}
    </div>
  )
}

const OPS = [
  { value: "in", label: "is one of" },
  { value: "notIn", label: "is none of" },
] as const

const Op = ({ filter, onChange }: { filter: Filter; onChange: (op: Filter["op"]) => void }) => (
  <Segments label="Comparison" choices={OPS} value={filter.op} onChange={onChange} />
)

function labelOf(name: string, filter: Filter | undefined): string {
  if (!filter) return `Any ${name}`
  const [first = "", ...rest] = filter.values
  const more = rest.length > 0 ? ` +${rest.length}` : ""
  return `${name} ${filter.op === "notIn" ? "is not" : "is"} ${first || "(none)"}${more}`
}
