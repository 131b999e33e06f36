import { decodeNames, type Kind, LIMITS, OTHER, type Series } from "@ossagent/wire"
import { LEFT_OUT } from "../head/block.ts"
import type { Registry } from "../head/registry.ts"

/** A series that was refused by the contract: its points are left out, with the reason. */
const REFUSED = LEFT_OUT
const UNKNOWN = 0xfffffffe
const FORGET_MS = 3_600_000
const MOST_IDS = 4_000_000

/** What one agent's epoch has named. */
export interface AgentNames {
  /** Slot by id; {@link UNKNOWN} or {@link REFUSED}. */
  slots: Uint32Array
  /** NAMES sections as they came, to name the series again in each log segment. */
  sections: Uint8Array[]
  /** `sections` as a record of the log, made when it is needed: it is the same in every segment. */
  record: Buffer | null
  /** The segment in which all of `sections` stand. */
  loggedIn: number
  /** Why series were refused, by reason. */
  faults: Map<number, string>
  usedAt: number
}

/** Series ids of every agent, and the limits that a series has to keep. */
export class Names {
  private readonly agents = new Map<string, AgentNames>()
  private readonly registry: Registry
  private readonly mostSeries: number

  constructor(registry: Registry, mostSeries: number) {
    this.registry = registry
    this.mostSeries = mostSeries
  }

  get size(): number {
    return this.agents.size
  }

  of(agent: string, epoch: number, now: number): AgentNames {
    const key = `${agent} ${epoch}`
    let names = this.agents.get(key)
    if (names === undefined) {
      names = createNames(now)
      this.agents.set(key, names)
    }
    names.usedAt = now
    return names
  }

  /** Names that hold for one self-contained frame. */
  alone(now: number): AgentNames {
    return createNames(now)
  }

  /** Reads a NAMES section. Throws WireError before anything has changed. */
  add(names: AgentNames, section: Uint8Array, now: number): void {
    const named = decodeNames(section)
    for (const { id, series } of named) {
      if (id >= MOST_IDS) continue
      if (id >= names.slots.length) names.slots = grow(names.slots, id + 1)
      const fault = faultOf(series)
      if (fault === null) names.slots[id] = this.slotOf(series, now)
      else {
        names.slots[id] = REFUSED
        if (names.faults.size < 1_000) names.faults.set(id, fault)
      }
    }
    names.sections.push(section)
    names.record = null
  }

  /**
   * Puts slots in the place of the ids, {@link LEFT_OUT} for those refused; answers the reasons of those, or null when an id was never
   * named.
   */
  resolve(names: AgentNames, ids: Uint32Array, length: number, now: number): Map<string, number> | null {
    const refused = new Map<string, number>()
    const known = names.slots
    const { lastSeen } = this.registry
    for (let i = 0; i < length; i++) {
      const id = ids[i] as number
      const slot = id < known.length ? (known[id] as number) : UNKNOWN
      if (slot === UNKNOWN) return null
      ids[i] = slot
      if (slot !== LEFT_OUT) lastSeen[slot] = now
      else {
        const reason = names.faults.get(id) ?? "a series that was refused before"
        refused.set(reason, (refused.get(reason) ?? 0) + 1)
      }
    }
    return refused
  }

  /** Points from before their series were named tell that these are older, `at`: Unix ms. */
  sawBefore(slots: Uint32Array, length: number, at: number): void {
    const { firstSeen } = this.registry
    for (let i = 0; i < length; i++) {
      const slot = slots[i] as number
      if (slot !== LEFT_OUT && (firstSeen[slot] as number) > at) firstSeen[slot] = at
    }
  }

  kindOf(slot: number): Kind {
    return this.registry.kindOf(slot)
  }

  /** Forgets agents idle for an hour, and what points to slots that `gone` names. */
  tidy(now: number, gone: ReadonlySet<number>): void {
    for (const [key, names] of this.agents) {
      if (names.usedAt < now - FORGET_MS) this.agents.delete(key)
      else if (gone.size > 0) forget(names, gone)
    }
  }

  /** The series' slot; over the limit of its service and metric, that of `other`; over the limit of all, refused. */
  private slotOf(series: Series, now: number): number {
    const known = this.registry.find(series)
    if (known !== undefined) return known
    if (this.registry.countOf(series.service, series.metric) < LIMITS.seriesPerMetric * 10) {
      return this.registry.size < this.mostSeries ? this.registry.add(series, now) : REFUSED
    }
    const labels = Object.fromEntries(Object.keys(series.labels).map((name) => [name, OTHER]))
    return this.registry.add({ ...series, version: OTHER, host: OTHER, labels }, now)
  }
}

const createNames = (now: number): AgentNames => ({
  slots: new Uint32Array(256).fill(UNKNOWN),
  sections: [],
  record: null,
  loggedIn: 0,
  faults: new Map(),
  usedAt: now,
})

function grow(slots: Uint32Array, wanted: number): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(Math.max(wanted, slots.length * 2)).fill(UNKNOWN)
  wider.set(slots)
  return wider
}

function forget(names: AgentNames, gone: ReadonlySet<number>): void {
  for (let id = 0; id < names.slots.length; id++) {
    const slot = names.slots[id] as number
    if (slot < UNKNOWN && gone.has(slot)) names.slots[id] = UNKNOWN
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/

/** What of the contract a series breaks, or null. */
function faultOf(series: Series): string | null {
  for (const field of ["metric", "service", "subsystem", "version", "host", "unit"] as const) {
    const limit = field === "metric" ? LIMITS.name : field === "unit" ? LIMITS.unit : LIMITS.value
    const fault = textFault(field, series[field], limit)
    if (fault !== null) return fault
    if (series[field] === "" && field !== "unit") return `${field} is empty`
  }
  const labels = Object.entries(series.labels)
  if (labels.length > LIMITS.labels) return `${labels.length} labels, at most ${LIMITS.labels} are taken`
  for (const [key, value] of labels) {
    const fault =
      textFault("label name", key, LIMITS.name) ?? textFault(`label ${key.slice(0, 40)}`, value, LIMITS.value)
    if (fault !== null) return fault
  }
  return null
}

function textFault(what: string, text: string, limit: number): string | null {
  if (text.length > limit) return `${what} has ${text.length} characters, at most ${limit} are taken`
  return CONTROL.test(text) ? `${what} has control characters` : null
}
