"use client"
import type { Alarm, Filter } from "@ossagent/wire"
import { useMemo } from "react"
import { useAlarms } from "../alarm/use-alarms.ts"
import type { Mark } from "../chart/marks.ts"

/** More would hide the lines. */
const MOST = 8

/** When alarms of this metric fired, those that the filters let through, the newest few. */
export function useMarks(metric: string, filters: readonly Filter[]): readonly Mark[] {
  const { alarms } = useAlarms({ state: "all", metric })
  return useMemo(() => toMarks(alarms ?? [], filters), [alarms, filters])
}

export function toMarks(alarms: readonly Alarm[], filters: readonly Filter[]): Mark[] {
  return alarms
    .filter(({ group, state }) => state !== "pending" && filters.every((filter) => lets(filter, group)))
    .slice(0, MOST)
    .map(({ firedAt, startedAt, severity }) => ({ at: firedAt ?? startedAt, label: severity, tone: "bad" }))
}

/** An alarm over all values of a dimension is one of each of them. */
function lets({ dim, op, values }: Filter, group: Alarm["group"]): boolean {
  const value = group[dim]
  return value === undefined || values.includes(value) === (op === "in")
}
