import type { ExceptionsAnswer } from "@ossagent/wire"
import type { z } from "zod"
import type { ReportContext } from "../context.ts"
import type { EXCEPTIONS } from "../question.ts"
import { type ExceptionGroup, MOST_GROUPS, readGroups, type Wanted } from "./groups.ts"
import { toRow } from "./row.ts"
import { readAges } from "./versions.ts"

type Question = z.output<typeof EXCEPTIONS>

/** Errors that were seen in a stretch of time, the new ones first. */
export async function exceptions(question: Question, context: ReportContext): Promise<ExceptionsAnswer> {
  const { from, to, newSince, limit } = question
  const wanted = toWanted(question)
  const groups = (await readGroups(context, wanted, { newestFirst: newSince !== undefined })).filter(
    ({ count, firstSeen }) => count > 0 && firstSeen >= (newSince ?? 0),
  )
  const ages = await readAges(context.registry, new Set(groups.map(({ service }) => service)))
  const { baselineMs } = context
  const toOne = (group: ExceptionGroup) =>
    toRow(group, { newSince: newSince ?? from, baselineMs, age: ages.get(group.service) })
  const rows = groups.map(toOne).filter(({ isNew }) => isNew || newSince === undefined)
  rows.sort(
    (a, b) => Number(b.isNew) - Number(a.isNew) || b.count - a.count || (a.fingerprint < b.fingerprint ? -1 : 1),
  )
  const leftOff = Math.max(0, rows.length - limit) + Number(groups.length >= MOST_GROUPS)
  return { from, to, stepMs: wanted.stepMs, rows: rows.slice(0, limit), leftOff }
}

export function toWanted({ service, subsystem, version, from, to, steps }: Omit<Question, "limit">): Wanted {
  const stepMs = Math.ceil((to - from) / steps)
  const all = { service: service ?? "", subsystem: subsystem ?? "", version: version ?? "", fingerprint: "" }
  return { ...all, from, to, stepMs, steps: Math.ceil((to - from) / stepMs) }
}
