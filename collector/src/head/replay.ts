import { readFile } from "node:fs/promises"
import { decodeFrame, SECTION } from "@ossagent/wire"
import type { Logger } from "pino"
import { mergeFrame, readFrame, releaseFrame } from "../receive/frame.ts"
import type { GroupPool } from "../receive/group-pool.ts"
import type { Names } from "../receive/names.ts"
import type { Seen } from "../receive/seen.ts"
import { Batch } from "./batch.ts"
import type { Log, SegmentHead } from "./log.ts"
import { RECORD, type ReadRecord, readRecords } from "./record.ts"

interface Parts {
  log: Log
  names: Names
  pool: GroupPool
  seen: Seen
  logger: Logger
}

/** Makes the batches of an earlier process's segments again, oldest first. Damaged stretches are set aside and reported. */
export async function replay(parts: Parts): Promise<Batch[]> {
  const batches: Batch[] = []
  for (const { number, path } of await parts.log.leftOver()) {
    const batch = await replaySegment(number, await readFile(path), parts)
    batches.push(batch)
    parts.logger.info({ batch: number, points: batch.points }, "log segment read again")
  }
  return batches
}

async function replaySegment(number: number, segment: Buffer, parts: Parts): Promise<Batch> {
  let batch = new Batch(number, number)
  const damages = readRecords(segment, (record) => {
    if (record.type === RECORD.segment)
      batch = new Batch(number, (JSON.parse(record.payload.toString()) as SegmentHead).rolledUntil)
    else replayRecord(record, batch, parts)
  })
  for (const { from, to, torn } of damages) {
    if (torn) {
      parts.logger.warn(
        { batch: number, from, bytes: to - from },
        "the log's last record was cut short, and was not acknowledged: left out",
      )
    } else {
      const path = await parts.log.setAside(number, from, segment.subarray(from, to))
      parts.logger.error(
        { batch: number, from, bytes: to - from, path },
        "a log segment is damaged in its middle: that part is set aside",
      )
    }
  }
  return batch
}

function replayRecord(record: ReadRecord, batch: Batch, parts: Parts): void {
  const { names, seen, logger } = parts
  try {
    if (record.type === RECORD.seen) seen.restore(record.payload)
    else if (record.type === RECORD.names) replayNames(record.payload, names, batch.number)
    else if (record.type === RECORD.frame) replayFrame(record.payload, batch, parts)
  } catch (error) {
    logger.error({ err: error, batch: batch.number, type: record.type }, "cannot read a whole record of the log again")
  }
}

function replayNames(payload: Buffer, names: Names, at: number): void {
  const { header, sections } = decodeFrame(payload)
  const known = names.of(header.agent, header.epoch, at)
  for (const { type, body } of sections) if (type === SECTION.names) names.add(known, body, at)
}

function replayFrame(payload: Buffer, batch: Batch, { names, pool, seen }: Parts): void {
  const taken = readFrame(payload, { known: names, pool, now: batch.number, anyTime: true })
  if ("why" in taken) throw new Error(`an acknowledged frame cannot be placed: ${taken.why}`)
  const { agent, epoch, sequence } = taken.header
  if (seen.has(agent, epoch, sequence)) return
  mergeFrame(batch, taken)
  releaseFrame(taken, pool)
  seen.add(agent, epoch, sequence, batch.number)
}
