"use client"
import { type Detection, type NewRule, STATS } from "@ossagent/wire"
import { statName } from "../number/unit.ts"
import { Field, Input, Select } from "../piece/field.tsx"
import { BurnFields } from "./burnfields.tsx"
import { formatFilters } from "./words.ts"

interface HowProps {
  draft: NewRule
  detection: Detection
}

/** How a rule judges: what its kind asks for, and the times that every kind has. */
export function HowFields({ draft, detection }: HowProps) {
  const hasStat = !["absence", "exception", "release"].includes(detection)
  return (
    <>
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        {hasStat ? (
          <Field label="Stat">
            <Stats name="stat" value={draft.stat} />
          </Field>
        ) : (
          <input type="hidden" name="stat" value={draft.stat} />
        )}
        {(detection === "threshold" || detection === "ratio") && (
          <ThresholdFields draft={draft} isRatio={detection === "ratio"} />
        )}
        {detection === "change" && <ChangeFields draft={draft} />}
        {detection === "versions" && <VersionFields draft={draft} />}
        {detection === "absence" && (
          <Seconds name="absenceSec" label="Silent for, s" value={draft.absenceSec ?? 30} least={5} />
        )}
        {detection === "history" && (
          <Field label="Sensitivity" hint="0.5–1: how far out">
            <Input name="sensitivity" inputMode="decimal" required defaultValue={draft.sensitivity ?? 0.99} />
          </Field>
        )}
      </div>
      {(detection === "ratio" || detection === "burn") && <OfFields draft={draft} />}
      {detection === "burn" && <BurnFields burn={draft.burn} />}
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        <Seconds name="windowSec" label="Judged over, s" value={draft.windowSec} least={5} most={3_600} />
        <Seconds name="forSec" label="Bad until it fires, s" value={draft.forSec} />
        <Seconds name="keepFiringSec" label="Good until resolved, s" value={draft.keepFiringSec} />
        <Field label="Points are late by, s" hint="empty: they are not">
          <Input name="delaySec" type="number" min={0} max={3_600} defaultValue={draft.delaySec ?? ""} />
        </Field>
        <Field label="Least points" hint="in the window; with fewer nothing is judged">
          <Input name="minVolume" type="number" min={0} defaultValue={draft.minVolume ?? ""} />
        </Field>
      </div>
    </>
  )
}

const Stats = ({ name, value }: { name: string; value: string }) => (
  <Select name={name} defaultValue={value}>
    {STATS.map((stat) => (
      <option key={stat} value={stat}>
        {statName(stat)}
      </option>
    ))}
  </Select>
)

const Side = ({ label, value, above, below }: { label: string; value: string; above: string; below: string }) => (
  <Field label={label}>
    <Select name="op" defaultValue={value}>
      <option value=">">{above}</option>
      <option value="<">{below}</option>
    </Select>
  </Field>
)

function ThresholdFields({ draft: { threshold }, isRatio }: { draft: NewRule; isRatio: boolean }) {
  return (
    <>
      <Side label="Is" value={threshold?.op ?? ">"} above="above" below="below" />
      <Field label="Threshold" hint={isRatio ? "a share, such as 0.05" : "in the metric's own unit; a ratio is 0–1"}>
        <Input name="value" inputMode="decimal" required defaultValue={threshold?.value ?? 0} />
      </Field>
      <Field label="Good again at" hint="empty: the same">
        <Input name="clear" inputMode="decimal" defaultValue={threshold?.clear ?? ""} />
      </Field>
    </>
  )
}

const toPercent = (share: number | undefined): number | "" =>
  share === undefined ? "" : Number((share * 100).toPrecision(12))

function ChangeFields({ draft: { change } }: { draft: NewRule }) {
  return (
    <>
      <Field label="Against">
        <Select name="against" defaultValue={change?.against ?? "1d"}>
          <option value="1d">a day ago</option>
          <option value="7d">a week ago</option>
        </Select>
      </Field>
      <Side label="Changed by" value={change?.op ?? ">"} above="more than" below="less than" />
      <Field label="Change, %" hint="50 is half as much again, −30 is 30 % less">
        <Input name="by" inputMode="decimal" required defaultValue={toPercent(change?.by ?? 0.5)} />
      </Field>
      <Field label="Good again at, %" hint="empty: the same">
        <Input name="clear" inputMode="decimal" defaultValue={toPercent(change?.clear)} />
      </Field>
    </>
  )
}

function VersionFields({ draft: { versions } }: { draft: NewRule }) {
  return (
    <>
      <Side label="Bad when" value={versions?.op ?? ">"} above="more than" below="less than" />
      <Field label="Times the one before" hint="2: twice as much">
        <Input name="factor" inputMode="decimal" required defaultValue={versions?.factor ?? 2} />
      </Field>
      <Field label="Good again at" hint="empty: the same">
        <Input name="clear" inputMode="decimal" defaultValue={versions?.clear ?? ""} />
      </Field>
    </>
  )
}

function OfFields({ draft: { of } }: { draft: NewRule }) {
  return (
    <fieldset className="grid gap-4 sm:grid-cols-3">
      <legend className="mb-1 font-medium text-[13px] text-ink-2">Divided by</legend>
      <Field label="Metric of all">
        <Input name="ofMetric" list="metric-names" required defaultValue={of?.metric ?? ""} autoComplete="off" />
      </Field>
      <Field label="Its stat">
        <Stats name="ofStat" value={of?.stat ?? "sum"} />
      </Field>
      <Field label="Only where">
        <Input
          name="ofFilters"
          defaultValue={formatFilters(of?.filters ?? [])}
          placeholder="everywhere"
          autoComplete="off"
        />
      </Field>
    </fieldset>
  )
}

interface SecondsProps {
  name: string
  label: string
  value: number
  least?: number
  most?: number
}

const Seconds = ({ name, label, value, least = 0, most = 86_400 }: SecondsProps) => (
  <Field label={label}>
    <Input name={name} type="number" min={least} max={most} required defaultValue={value} />
  </Field>
)
