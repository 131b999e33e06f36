import type { ExceptionRow, ExceptionsAnswer } from "@ossagent/wire"
import type { z } from "zod"
import type { Batch } from "../head/batch.ts"
import type { ReportContext } from "./context.ts"
import type { EXCEPTIONS } from "./question.ts"

type Question = z.output<typeof EXCEPTIONS>

/** Errors by fingerprint and version, most frequent first. */
export async function exceptions(
  question: Question,
  { store, head, signal }: ReportContext,
): Promise<ExceptionsAnswer> {
  const view = head.view()
  const { from, to, limit, service = "", version = "" } = question
  const stored = await store.rows<ExceptionRow>(
    `SELECT e.fingerprint AS fingerprint, e.service AS service, e.subsystem AS subsystem, e.version AS version,
            any(e.type) AS type, any(e.message) AS message, any(e.stack) AS stack, sum(e.count) AS count,
            toUnixTimestamp64Milli(min(e.at)) AS firstSeen, toUnixTimestamp64Milli(max(e.at)) AS lastSeen
     FROM exceptions AS e
     WHERE e.at >= fromUnixTimestamp64Milli({from:Int64}) AND e.at < fromUnixTimestamp64Milli({to:Int64})
       AND ({service:String} = '' OR e.service = {service:String}) AND ({version:String} = '' OR e.version = {version:String})
       AND e.batch NOT IN {batches:Array(UInt64)}
     GROUP BY fingerprint, service, subsystem, version
     ORDER BY count DESC LIMIT {limit:UInt32}`,
    { from, to, limit, service, version, batches: [...view.numbers] },
    signal,
  )
  const rows = new Map(stored.map((row) => [keyOf(row), row]))
  for (const batch of view.batches) addBatch(rows, batch, question)
  return { rows: [...rows.values()].sort((a, b) => b.count - a.count).slice(0, limit) }
}

const keyOf = (row: Pick<ExceptionRow, "fingerprint" | "service" | "subsystem" | "version">): string =>
  `${row.fingerprint} ${row.service} ${row.subsystem} ${row.version}`

function addBatch(rows: Map<string, ExceptionRow>, batch: Batch, { from, to, service, version }: Question): void {
  for (const { host: _host, at, ...one } of batch.exceptions) {
    if (at < from || at >= to || (service ?? one.service) !== one.service || (version ?? one.version) !== one.version)
      continue
    const known = rows.get(keyOf(one))
    if (known === undefined) rows.set(keyOf(one), { ...one, firstSeen: at, lastSeen: at })
    else {
      known.count += one.count
      known.firstSeen = Math.min(known.firstSeen, at)
      known.lastSeen = Math.max(known.lastSeen, at)
    }
  }
}
