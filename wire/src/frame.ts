/**
 * The native frame: what one agent sends in one `POST /v1/frames`.
 *
 *     "OSF1" flags agent(16) epoch sequence { section length body }…
 *
 * Numbers are varints. `(agent, epoch, sequence)` identifies a frame for ever: sent twice, it counts once. A series is named once an
 * epoch, in a NAMES section, and is its id from then on; a SELF_CONTAINED frame names all of its series, for itself only.
 * Sections may come in any order and number, NAMES before the POINTS that use them; unknown sections are skipped.
 */
import { ByteReader, ByteWriter, WireError } from "./bytes.ts"
import { KINDS, type Kind, type Series } from "./series.ts"

export const SECTION = { names: 1, points: 2, events: 3, exceptions: 4 } as const
const MAGIC = 0x3146534f // "OSF1", little-endian
const SELF_CONTAINED = 1
const AGENT_BYTES = 16

export interface FrameHeader {
  /** 32 hex digits, random, of one agent in one process. */
  agent: string
  /** Unix ms at which the agent began to number its series anew. */
  epoch: number
  /** From 1, without gaps but for frames that the agent dropped. */
  sequence: number
  selfContained: boolean
}

export interface FrameSection {
  type: number
  body: Uint8Array
}

/** One frame from its sections. */
export function encodeFrame(header: FrameHeader, sections: readonly FrameSection[]): Uint8Array {
  const size = sections.reduce((sum, section) => sum + section.body.length + 10, 64)
  const out = new ByteWriter(size)
  for (let i = 0; i < 4; i++) out.byte((MAGIC >>> (8 * i)) & 255)
  out.byte(header.selfContained ? SELF_CONTAINED : 0)
  for (let i = 0; i < AGENT_BYTES; i++) out.byte(Number.parseInt(header.agent.slice(2 * i, 2 * i + 2), 16))
  out.varint(header.epoch)
  out.varint(header.sequence)
  for (const { type, body } of sections) {
    out.byte(type)
    out.varint(body.length)
    out.raw(body)
  }
  return out.bytes.subarray(0, out.length)
}

/** Splits a frame; the bodies are shared with the input. Throws WireError. */
export function decodeFrame(bytes: Uint8Array): { header: FrameHeader; sections: FrameSection[] } {
  const reader = new ByteReader(bytes)
  let magic = 0
  for (let i = 0; i < 4; i++) magic |= reader.byte() << (8 * i)
  if (magic !== MAGIC) throw new WireError("not an OssAgent frame", 0)
  const flags = reader.byte()
  let agent = ""
  for (let i = 0; i < AGENT_BYTES; i++) agent += reader.byte().toString(16).padStart(2, "0")
  const header = {
    agent,
    epoch: reader.varint(),
    sequence: reader.varint(),
    selfContained: (flags & SELF_CONTAINED) !== 0,
  }
  if (header.sequence === 0) throw new WireError("sequence 0", reader.at)
  const sections: FrameSection[] = []
  while (reader.left > 0) {
    const type = reader.byte()
    sections.push({ type, body: reader.raw(reader.varint()) })
  }
  return { header, sections }
}

// ---- names -------------------------------------------------------------------------------------------------------------------------

/** A series and its id within the epoch, or within its self-contained frame. */
export interface NamedSeries {
  id: number
  series: Series
}

/** NAMES: a table of strings, then for each series its id and the places of its strings. */
export function encodeNames(named: readonly NamedSeries[]): Uint8Array {
  const places = new Map<string, number>()
  const place = (text: string): number => {
    const known = places.get(text)
    if (known !== undefined) return known
    places.set(text, places.size)
    return places.size - 1
  }
  const body = new ByteWriter(named.length * 16 + 64)
  body.varint(named.length)
  for (const { id, series } of named) {
    body.varint(id)
    for (const text of [series.service, series.subsystem, series.version, series.host, series.metric, series.unit]) {
      body.varint(place(text))
    }
    body.byte(KINDS.indexOf(series.kind))
    const labels = Object.entries(series.labels)
    body.byte(labels.length)
    for (const [key, value] of labels) {
      body.varint(place(key))
      body.varint(place(value))
    }
  }
  const out = new ByteWriter(body.length + places.size * 16)
  out.varint(places.size)
  for (const text of places.keys()) out.text(text)
  out.raw(body.bytes.subarray(0, body.length))
  return out.take()
}

/** The series of a NAMES section. Sizes are only bounded by the input: the receiver applies the limits. Throws WireError. */
export function decodeNames(bytes: Uint8Array): NamedSeries[] {
  const reader = new ByteReader(bytes)
  const strings: string[] = new Array(reader.count())
  for (let i = 0; i < strings.length; i++) strings[i] = reader.text()
  const string = (): string => {
    const at = reader.at
    const text = strings[reader.varint()]
    if (text === undefined) throw new WireError("no such string", at)
    return text
  }
  const named: NamedSeries[] = new Array(reader.count(9))
  for (let i = 0; i < named.length; i++) named[i] = { id: reader.varint(), series: decodeSeries(reader, string) }
  return named
}

function decodeSeries(reader: ByteReader, string: () => string): Series {
  const [service, subsystem, version, host, metric, unit] = [string(), string(), string(), string(), string(), string()]
  const kind: Kind | undefined = KINDS[reader.byte()]
  if (kind === undefined) throw new WireError("unknown kind", reader.at - 1)
  const labels: Record<string, string> = {}
  for (let n = reader.byte(); n > 0; n--) {
    const key = string()
    labels[key] = string()
  }
  return { service, subsystem, version, host, metric, unit, kind, labels }
}

// ---- events and exceptions ---------------------------------------------------------------------------------------------------------

/** What a user did, for correlated statistics. */
export interface FrameEvent {
  name: string
  user: string
  version: string
  /** Unix ms. */
  at: number
  props: Record<string, string | number | boolean>
}

/** Equal errors of one interval, by fingerprint and version. Agents before this form sent neither `place` nor `users`. */
export interface FrameException {
  /** Equal for the same fault in the code, whatever its message, line and machine: 16 hex digits. */
  fingerprint: string
  type: string
  message: string
  /** Of the first of them, with the causes; files as the project names them. */
  stack: string
  /** `file:line` of the first frame of the application's own code; empty when there is none. */
  place: string
  version: string
  count: number
  /** Hashes of the users whom it hit, 16 hex digits each, without repeats; at most {@link EXCEPTION_LIMITS.users}. */
  users: string[]
  /** Unix ms of the first of them. */
  at: number
}

/** In characters and pieces; enforced by the agent and again by the collector. */
export const EXCEPTION_LIMITS = { type: 128, message: 1_000, stack: 10_000, place: 300, users: 200 } as const

/** Body of an EVENTS or EXCEPTIONS section: JSON, for they are rare beside points. */
export interface FrameItems<T> {
  service: string
  subsystem: string
  host: string
  items: T[]
}

export const encodeItems = <T>(items: FrameItems<T>): Uint8Array => new TextEncoder().encode(JSON.stringify(items))

// ---- reply -------------------------------------------------------------------------------------------------------------------------

/** The answer to a frame that is stored for good. */
export interface FrameReply {
  /** Points, events and exceptions taken. */
  accepted: number
  /** Sent before, nothing was added. */
  duplicate?: boolean
  /** What was left out of it, and why; the rest is stored. */
  refused?: { reason: string; count: number }[]
  /** The collector's clock, Unix ms, by which the agent corrects its own. */
  now: number
  /** The collector asks for slower flushes. */
  flushMs?: number
}
