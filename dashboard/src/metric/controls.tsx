"use client"
import type { Compare, Dimension } from "@ossagent/wire"
import type { ReactNode } from "react"
import { type ShownStat, STATS_OF, statName } from "../number/unit.ts"
import { Button } from "../piece/button.tsx"
import { Select } from "../piece/field.tsx"
import { Icon } from "../piece/icon.tsx"
import { Popover } from "../piece/popover.tsx"
import { formatSpan } from "../time/clock.ts"
import type { TimeRange } from "../time/range.ts"
import { toWindow } from "../time/range.ts"
import { stepsFor } from "../time/step.ts"
import { dimName, type Facts } from "./facts.ts"
import { statsFor, TOPS, toggleStat, type View } from "./view.ts"

interface ControlsProps {
  facts: Facts
  view: View
  range: TimeRange
  onChange: (change: Partial<View>) => void
}

const COMPARES: [Compare, string][] = [
  ["1d", "Day before"],
  ["7d", "Week before"],
]

/** What is drawn: stats, lines, comparison, step. */
export function Controls({ facts, view, range, onChange }: ControlsProps) {
  const stats = statsFor(facts.kind, view.stats)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <fieldset aria-label="Stats" className="flex flex-wrap gap-1">
        {STATS_OF[facts.kind].map((stat) => (
          <StatButton
            key={stat}
            stat={stat}
            on={stats.includes(stat)}
            onPress={() => onChange({ stats: toggleStat(stats, stat) })}
          />
        ))}
      </fieldset>
      <Checks
        title="Split by"
        label={view.split.length > 0 ? `Split by ${view.split.map(dimName).join(", ")}` : "Split by …"}
        choices={facts.dims.map(({ dim, values }) => ({ value: dim, label: dimName(dim), about: `${values.length}` }))}
        chosen={view.split}
        onChange={(split) => onChange({ split: split.slice(-4) as Dimension[] })}
      />
      <fieldset aria-label="Compare" className="flex gap-1">
        {COMPARES.map(([ago, name]) => (
          <Button
            key={ago}
            on={view.compare.includes(ago)}
            onClick={() =>
              onChange({
                compare: view.compare.includes(ago)
                  ? view.compare.filter((one) => one !== ago)
                  : [...view.compare, ago],
              })
            }
          >
            {name}
          </Button>
        ))}
      </fieldset>
      <Select
        aria-label="Step"
        className="!w-auto"
        value={view.stepSec ?? ""}
        onChange={(event) => onChange({ stepSec: event.target.value === "" ? null : Number(event.target.value) })}
      >
        <option value="">Step: automatic</option>
        {stepsFor(toWindow(range, Date.now()), Date.now()).map((sec) => (
          <option key={sec} value={sec}>
            Step: {formatSpan(sec * 1_000)}
          </option>
        ))}
      </Select>
      {view.split.length > 0 && (
        <Select
          aria-label="Lines at most"
          className="!w-auto"
          value={view.top}
          onChange={(event) => onChange({ top: Number(event.target.value) })}
        >
          {TOPS.map((top) => (
            <option key={top} value={top}>
              Top {top}
            </option>
          ))}
        </Select>
      )}
    </div>
  )
}

const StatButton = ({ stat, on, onPress }: { stat: ShownStat; on: boolean; onPress: () => void }) => (
  <Button on={on} onClick={onPress} className="!px-2">
    {statName(stat)}
  </Button>
)

interface ChecksProps {
  title: string
  label: string
  choices: { value: string; label: string; about?: string }[]
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
  /** Stands above the choices. */
  head?: ReactNode
}

/** Any of several, in a small window. */
export function Checks({ title, label, choices, chosen, onChange, head }: ChecksProps) {
  return (
    <Popover label={label} title={title} align="left">
      {() => (
        <fieldset aria-label={title} className="max-w-80">
          {head && <div className="p-1.5">{head}</div>}
          {choices.map(({ value, label: name, about }) => {
            const on = chosen.includes(value)
            return (
              <label
                key={value}
                className="flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 text-[13px] hover:bg-sunken"
              >
                <input
                  type="checkbox"
                  checked={on}
                  onChange={() => onChange(on ? chosen.filter((one) => one !== value) : [...chosen, value])}
                  className="size-4 accent-(--accent)"
                />
                <span className="min-w-0 flex-1 break-all">{name || "(none)"}</span>
                {about && <span className="text-ink-3 text-xs">{about}</span>}
              </label>
            )
          })}
          {choices.length === 0 && (
            <p className="flex items-center gap-2 px-2 py-1.5 text-[13px] text-ink-3">
              <Icon name="info" /> nothing to choose
            </p>
          )}
        </fieldset>
      )}
    </Popover>
  )
}
