import { ServiceError } from "@ossagent/svrkit"
import type { ExceptionAnswer, ExceptionVersion, FrameException } from "@ossagent/wire"
import type { z } from "zod"
import type { Placed } from "../../head/batch.ts"
import type { ReportContext } from "../context.ts"
import type { EXCEPTION } from "../question.ts"
import { toWanted } from "./exceptions.ts"
import { type ExceptionGroup, readGroups } from "./groups.ts"
import { toRow } from "./row.ts"
import { readAges } from "./versions.ts"

type Question = z.output<typeof EXCEPTION>
type Sample = ExceptionAnswer["sample"]

const MOST_VERSIONS = 50

/** One error in full. Throws `unknown_exception`. */
export async function exception(question: Question, context: ReportContext): Promise<ExceptionAnswer> {
  const { service, fingerprint, from, to } = question
  const fresh = readFreshSample(question, context)
  const [stored, ages] = await Promise.all([
    readStoredSample(question, context),
    readAges(context.registry, new Set([service])),
  ])
  const sample = [fresh, stored].reduce((a, b) => (a === null || (b !== null && b.at > a.at) ? b : a))
  if (sample === null)
    throw new ServiceError(
      "unknown_exception",
      `cannot find an error ${JSON.stringify(fingerprint)} of ${JSON.stringify(service)}: it was not seen in the last 90 days`,
    )
  // Its whole past, so that it is found whatever stretch of time is looked at.
  const wanted = { ...toWanted(question), fingerprint }
  const [[group], versions] = await Promise.all([
    readGroups(context, wanted, { print: fingerprint }),
    readGroups(context, wanted, { print: fingerprint, by: "version" }),
  ])
  const row = toRow(group as ExceptionGroup, { newSince: from, baselineMs: context.baselineMs, age: ages.get(service) })
  const shown = versions.sort((a, b) => b.lastSeen - a.lastSeen).slice(0, MOST_VERSIONS)
  return { from, to, stepMs: wanted.stepMs, row, versions: shown.map(toVersion), sample }
}

const toVersion = ({ version, allCount, allUsers, firstSeen, lastSeen, counts }: ExceptionGroup): ExceptionVersion => ({
  ...{ version, count: allCount, users: allUsers, firstSeen, lastSeen, counts },
})

async function readStoredSample(
  { service, fingerprint }: Question,
  { store, signal }: ReportContext,
): Promise<Sample | null> {
  const [row] = await store.rows<Sample>(
    `SELECT message, stack, subsystem, version, host, toUnixTimestamp64Milli(e.at) AS at
     FROM exceptions AS e WHERE service = {service:String} AND fingerprint = {fingerprint:String}
     ORDER BY e.at DESC LIMIT 1`,
    { service, fingerprint },
    signal,
  )
  return row ?? null
}

function readFreshSample({ service, fingerprint }: Question, { head }: ReportContext): Sample | null {
  let newest: Placed<FrameException> | null = null
  for (const { exceptions } of head.view().batches)
    for (const one of exceptions)
      if (one.service === service && one.fingerprint === fingerprint && one.at >= (newest?.at ?? 0)) newest = one
  if (newest === null) return null
  const { message, stack, subsystem, version, host, at } = newest
  return { message, stack, subsystem, version, host, at }
}
