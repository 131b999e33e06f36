"use client"
import { type FormEvent, useState } from "react"
import { Button, IconButton } from "../piece/button.tsx"
import { Field, Input } from "../piece/field.tsx"
import { Icon } from "../piece/icon.tsx"
import { MenuItem, Popover } from "../piece/popover.tsx"
import { usePageKeys } from "../shell/use-keys.ts"
import { formatInstant, formatShort, type Zone } from "./clock.ts"
import { fromField, toField } from "./field.ts"
import { useTimeRange, useZone, useZoomedFrom } from "./provider.tsx"
import { DEFAULT_RANGE, formatRange, PRESETS, parseRange, shift, type TimeRange, toWindow, zoomOut } from "./range.ts"

const UNITS: Record<string, string> = { s: "second", m: "minute", h: "hour", d: "day" }

/** `15m` → "Last 15 minutes". */
function nameOf(range: TimeRange, zone: Zone): string {
  if (range.kind === "between") return `${formatShort(range.from, zone)} – ${formatShort(range.to, zone)}`
  const [, count = "", unit = ""] = /^(\d+)(.)$/.exec(formatRange(range)) ?? []
  return count === "1" ? `Last ${UNITS[unit]}` : `Last ${count} ${UNITS[unit]}s`
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)

/** Which stretch of time the page is about; it stands in the address, or is `fallback`. */
export function TimePicker({ fallback = DEFAULT_RANGE }: { fallback?: TimeRange }) {
  const [range, setRange] = useTimeRange(fallback)
  const { zone } = useZone()
  const move = (direction: -1 | 1): void => setRange(shift(range, direction, Date.now()))
  const back = useZoomedFrom()
  usePageKeys({
    "[": () => move(-1),
    "]": () => move(1),
    "-": () => setRange(zoomOut(range)),
    b: () => back && setRange(back),
  })
  return (
    <fieldset aria-label="Time range" className="flex flex-wrap items-center gap-1">
      <IconButton look="plain" icon="left" label="Earlier" onClick={() => move(-1)} />
      <Popover label={nameOf(range, zone)} title="Time range" icon="clock">
        {(close) => (
          <div className="flex flex-col gap-2 sm:flex-row">
            <div className="grid w-full grid-cols-2 sm:w-40 sm:grid-cols-1">
              {PRESETS.map((preset) => (
                <MenuItem
                  key={preset}
                  on={formatRange(range) === preset}
                  onClick={() => {
                    setRange(parseRange(preset))
                    close()
                  }}
                >
                  {nameOf(parseRange(preset), zone)}
                </MenuItem>
              ))}
            </div>
            <Between
              range={range}
              zone={zone}
              onChoose={(next) => {
                setRange(next)
                close()
              }}
            />
          </div>
        )}
      </Popover>
      <IconButton look="plain" icon="right" label="Later" disabled={range.kind === "last"} onClick={() => move(1)} />
      <IconButton
        look="plain"
        icon="zoomout"
        label="Zoom out: twice the range"
        onClick={() => setRange(zoomOut(range))}
      />
      {back && (
        <Button icon="back" data-testid="zoom-back" onClick={() => setRange(back)}>
          Back to {lowerFirst(nameOf(back, zone))}
        </Button>
      )}
      {range.kind === "between" && back?.kind !== "last" && (
        <Button icon="live" onClick={() => setRange(fallback)}>
          To now
        </Button>
      )}
    </fieldset>
  )
}

function Between({ range, zone, onChoose }: { range: TimeRange; zone: Zone; onChoose: (range: TimeRange) => void }) {
  const [{ from, to }] = useState(() => toWindow(range, Date.now()))
  const [fault, setFault] = useState("")
  function choose(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [a, b] = ["from", "to"].map((name) => fromField(String(form.get(name)), zone))
    if (!a || !b || b - a < 1_000) setFault("The end must be after the beginning.")
    else onChoose({ kind: "between", from: a, to: b })
  }
  return (
    <form onSubmit={choose} className="w-64 space-y-3 p-2 sm:border-line sm:border-l sm:pl-4">
      <Field label={`From (${zone === "utc" ? "UTC" : "local time"})`}>
        <Input name="from" type="datetime-local" step="1" required defaultValue={toField(from, zone)} />
      </Field>
      <Field label="To" hint={fault || undefined}>
        <Input name="to" type="datetime-local" step="1" required defaultValue={toField(to, zone)} />
      </Field>
      <Button type="submit" look="main" className="w-full">
        Show
      </Button>
      <p className="flex gap-1.5 text-ink-3 text-xs">
        <Icon name="info" size={14} /> Drag across a chart to zoom in.
      </p>
    </form>
  )
}

/** An instant, in full on the pointer's rest. Empty until the browser's own zone is known. */
export function When({ at, short = true }: { at: number | null; short?: boolean }) {
  const { zone } = useZone()
  if (at === null) return <span className="text-ink-3">–</span>
  return (
    <time dateTime={new Date(at).toISOString()} title={formatInstant(at, zone)} suppressHydrationWarning>
      {short ? formatShort(at, zone) : formatInstant(at, zone)}
    </time>
  )
}
