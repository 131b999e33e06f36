/**
 * receive: one file for each protocol's door. A frame is read and checked, appended to the log, merged into the head, acknowledged.
 */
import { type ServiceContext, ServiceError } from "@ossagent/svrkit"
import { encodeFrame, type FrameReply, SECTION, WireError } from "@ossagent/wire"
import type { Head } from "../head/head.ts"
import { type Log, LogRefusal } from "../head/log.ts"
import { encodeRecord, RECORD } from "../head/record.ts"
import { mergeFrame, readFrame, releaseFrame, type TakenFrame } from "./frame.ts"
import type { GroupPool } from "./group-pool.ts"
import type { Names } from "./names.ts"
import type { Seen } from "./seen.ts"

export interface FrameParts {
  names: Names
  pool: GroupPool
  seen: Seen
  log: Log
  head: Head
  /** The most bytes of one frame. */
  limitBytes: number
}

type Context = Pick<ServiceContext<Record<never, never>>, "http" | "agent" | "log">

/** `POST /v1/frames`: the native protocol. */
export function receiveFrames(context: Context, parts: FrameParts): void {
  const { http, agent } = context
  const points = agent.counter("collector.points", { unit: "{point}" })
  const refused = agent.counter("collector.points.refused", { unit: "{point}" })
  const frames = agent.counter("collector.frames", { unit: "{frame}" })
  const bytes = agent.size("collector.frame.size")
  const inFlight = new Map<string, Promise<FrameReply>>()

  const countReply = (reply: FrameReply): FrameReply => {
    if (reply.duplicate) frames.with({ outcome: "duplicate" }).inc()
    else frames.with({ outcome: "stored" }).inc()
    points.inc(reply.accepted)
    for (const { reason, count } of reply.refused ?? [])
      refused.with({ reason: reason.replace(/\d+/g, "n").slice(0, 60) }).inc(count)
    return reply
  }

  http.addContentTypeParser(
    "application/x-ossagent-frame",
    { parseAs: "buffer", bodyLimit: parts.limitBytes },
    (_request, body, done) => done(null, body),
  )
  http.post("/v1/frames", { config: { scope: "ingest" }, bodyLimit: parts.limitBytes }, async (request) => {
    if (!Buffer.isBuffer(request.body))
      throw new ServiceError("bad_frame", "cannot read the frame: Content-Type must be application/x-ossagent-frame")
    const frame = request.body
    bytes.record(frame.length)
    try {
      return countReply(await storeFrame(frame, parts, inFlight))
    } catch (error) {
      frames.with({ outcome: error instanceof ServiceError ? error.code : "internal" }).inc()
      throw error
    }
  })
}

/** Stores one frame, once. A copy that comes while the first is being written waits for it. */
async function storeFrame(
  bytes: Buffer,
  parts: FrameParts,
  inFlight: Map<string, Promise<FrameReply>>,
): Promise<FrameReply> {
  const taken = take(bytes, parts)
  try {
    return await storeTaken(bytes, taken, parts, inFlight)
  } finally {
    releaseFrame(taken, parts.pool)
  }
}

async function storeTaken(
  bytes: Buffer,
  taken: TakenFrame,
  parts: FrameParts,
  inFlight: Map<string, Promise<FrameReply>>,
): Promise<FrameReply> {
  const now = Date.now()
  const { agent, epoch, sequence } = taken.header
  if (parts.seen.has(agent, epoch, sequence)) return { accepted: 0, duplicate: true, now }
  if (parts.head.full)
    throw new ServiceError("store_slow", "cannot take the frame: memory for points not yet stored is full", {
      retryAfterSec: 2,
    })
  const key = `${agent} ${epoch} ${sequence}`
  const earlier = inFlight.get(key)
  if (earlier !== undefined) return { ...(await earlier), accepted: 0, duplicate: true }
  const storing = append(bytes, taken, parts).finally(() => inFlight.delete(key))
  inFlight.set(key, storing)
  return storing
}

function take(bytes: Buffer, { names, pool }: FrameParts): TakenFrame {
  const now = Date.now()
  let taken: ReturnType<typeof readFrame>
  try {
    taken = readFrame(bytes, { known: names, pool, now })
  } catch (error) {
    if (error instanceof WireError) throw new ServiceError("bad_frame", `cannot read the frame: ${error.message}`)
    throw error
  }
  if (!("why" in taken)) return taken
  if (taken.why === "unknown series")
    throw new ServiceError("unknown_series", "cannot place the points: their series are not named yet")
  const ahead = Math.round(taken.aheadSec)
  throw new ServiceError(
    "clock_ahead",
    `cannot take points ${ahead} s ahead of the collector's clock: correct the sender's`,
    { fields: { now } },
  )
}

async function append(bytes: Buffer, taken: TakenFrame, parts: FrameParts): Promise<FrameReply> {
  const { header, names } = taken
  const records = (segment: number): Buffer[] => {
    const frame = encodeRecord(RECORD.frame, bytes)
    if (header.selfContained || names.loggedIn === segment) return [frame]
    names.loggedIn = segment
    names.record ??= namesRecord(taken)
    return [names.record, frame]
  }
  const merge = (): void => {
    mergeFrame(parts.head.filling, taken)
    parts.seen.add(header.agent, header.epoch, header.sequence, Date.now())
  }
  try {
    await parts.log.append(records, merge)
  } catch (error) {
    names.loggedIn = 0
    throw refusalOf(error)
  }
  const refused = [...taken.refused].map(([reason, count]) => ({ reason, count }))
  return { accepted: taken.accepted, now: Date.now(), ...(refused.length > 0 ? { refused } : {}) }
}

/** All that the frame's agent has named in its epoch, as a record of the log. */
function namesRecord({ header, names }: TakenFrame): Buffer {
  const sections = names.sections.map((body) => ({ type: SECTION.names, body }))
  return encodeRecord(RECORD.names, encodeFrame(header, sections))
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof LogRefusal)) return error
  const code = error.code === "log_full" ? "store_slow" : "disk_full"
  return new ServiceError(code, `cannot take the frame: ${error.message}`, { retryAfterSec: 5, cause: error })
}
