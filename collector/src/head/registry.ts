/**
 * head: what makes reports fresh and storing cheap. A frame is appended to the write-ahead log (`log.ts`), then merged into the open
 * batch (`batch.ts`); every 10 s the batch closes, goes to ClickHouse as packed rows, and its log segment goes. `registry.ts` gives
 * every series a slot, by which everything else here is addressed.
 */
import { KINDS, type Kind, type Labels, type Series, seriesKey } from "@ossagent/wire"

/** Strings by small numbers; a string keeps its number for the life of the process. */
export class Interner {
  readonly texts: string[] = []
  private readonly numbers = new Map<string, number>()

  number(text: string): number {
    const known = this.numbers.get(text)
    if (known !== undefined) return known
    this.numbers.set(text, this.texts.length)
    return this.texts.push(text) - 1
  }

  find(text: string): number | undefined {
    return this.numbers.get(text)
  }
}

/** The dimensions that are columns of every table, in the order of the sorting key. */
export const COLUMNS = ["metric", "service", "subsystem", "version", "host"] as const
export type Column = (typeof COLUMNS)[number]

/** All series that the collector knows, by slot; column-wise. Slots are reused when a series has been idle for long. */
export class Registry {
  readonly strings = new Interner()
  /** Interned numbers by slot, for each of {@link COLUMNS}. */
  readonly columns: Record<Column, Uint32Array>
  /** Place in KINDS by slot. */
  kind: Uint8Array
  /** Place in {@link labelSets} by slot. */
  labelSet: Uint32Array
  /** Distinct label sets as pairs of interned numbers: key, value, sorted by key. */
  readonly labelSets: (readonly number[])[] = []
  /** Interned number by slot. */
  unit: Uint32Array
  /** Unix ms. */
  firstSeen: Float64Array
  lastSeen: Float64Array
  /** Slots of each metric. */
  readonly byMetric = new Map<string, Set<number>>()
  /** Counts up with every new series. */
  version = 0
  /** Slots not yet in the table of series. */
  unsaved: number[] = []
  private readonly slots = new Map<string, number>()
  private readonly free: number[] = []
  private readonly perMetric = new Map<string, number>()
  private readonly labelSetNumbers = new Map<string, number>()
  private used = 0

  constructor(capacity = 4_096) {
    const column = () => new Uint32Array(capacity)
    this.columns = { metric: column(), service: column(), subsystem: column(), version: column(), host: column() }
    this.kind = new Uint8Array(capacity)
    this.labelSet = new Uint32Array(capacity)
    this.unit = new Uint32Array(capacity)
    this.firstSeen = new Float64Array(capacity)
    this.lastSeen = new Float64Array(capacity)
  }

  get size(): number {
    return this.slots.size
  }

  /** One past the highest slot ever given. */
  get end(): number {
    return this.used
  }

  find(series: Series): number | undefined {
    return this.slots.get(seriesKey(series))
  }

  /** How many series a service has of a metric. */
  countOf(service: string, metric: string): number {
    return this.perMetric.get(`${service}\u0001${metric}`) ?? 0
  }

  /** The slot of a series, new or known. `at`: when it was first seen, Unix ms. */
  add(series: Series, at: number, saved = false): number {
    const key = seriesKey(series)
    const known = this.slots.get(key)
    if (known !== undefined) return known
    const slot = this.free.pop() ?? this.used++
    if (slot >= this.kind.length) this.grow()
    for (const column of COLUMNS) this.columns[column][slot] = this.strings.number(series[column])
    this.kind[slot] = KINDS.indexOf(series.kind)
    this.labelSet[slot] = this.internLabels(series.labels)
    this.unit[slot] = this.strings.number(series.unit)
    this.firstSeen[slot] = at
    this.lastSeen[slot] = at
    this.slots.set(key, slot)
    this.indexed(series, slot, 1)
    if (!saved) this.unsaved.push(slot)
    this.version++
    return slot
  }

  /** Forgets a series; the caller knows that no batch holds it any more. */
  remove(slot: number): void {
    const series = this.series(slot)
    this.slots.delete(seriesKey(series))
    this.indexed(series, slot, -1)
    this.free.push(slot)
  }

  series(slot: number): Series {
    return {
      service: this.text("service", slot),
      subsystem: this.text("subsystem", slot),
      version: this.text("version", slot),
      host: this.text("host", slot),
      metric: this.text("metric", slot),
      kind: this.kindOf(slot),
      unit: this.unitOf(slot),
      labels: this.labelsOf(slot),
    }
  }

  text(column: Column, slot: number): string {
    return this.strings.texts[this.columns[column][slot] as number] as string
  }

  kindOf(slot: number): Kind {
    return KINDS[this.kind[slot] as number] as Kind
  }

  unitOf(slot: number): string {
    return this.strings.texts[this.unit[slot] as number] as string
  }

  /** Pairs of interned numbers: key, value, sorted by key. */
  pairsOf(slot: number): readonly number[] {
    return this.labelSets[this.labelSet[slot] as number] as readonly number[]
  }

  labelsOf(slot: number): Labels {
    const pairs = this.pairsOf(slot)
    const labels: Record<string, string> = {}
    for (let i = 0; i < pairs.length; i += 2) {
      labels[this.strings.texts[pairs[i] as number] as string] = this.strings.texts[pairs[i + 1] as number] as string
    }
    return labels
  }

  /** The value of a label, "" where the series lacks it. */
  label(slot: number, name: string): string {
    const wanted = this.strings.find(name)
    const pairs = this.pairsOf(slot)
    for (let i = 0; i < pairs.length; i += 2) {
      if (pairs[i] === wanted) return this.strings.texts[pairs[i + 1] as number] as string
    }
    return ""
  }

  /** All slots in use. */
  *[Symbol.iterator](): Iterator<number> {
    yield* this.slots.values()
  }

  private indexed(series: Series, slot: number, by: 1 | -1): void {
    const counted = `${series.service}\u0001${series.metric}`
    this.perMetric.set(counted, (this.perMetric.get(counted) ?? 0) + by)
    const slots = this.byMetric.get(series.metric) ?? new Set()
    if (by > 0) slots.add(slot)
    else slots.delete(slot)
    if (slots.size > 0) this.byMetric.set(series.metric, slots)
    else this.byMetric.delete(series.metric)
  }

  private internLabels(labels: Labels): number {
    const names = Object.keys(labels).sort()
    const pairs = names.flatMap((name) => [this.strings.number(name), this.strings.number(labels[name] as string)])
    const key = pairs.join(" ")
    const known = this.labelSetNumbers.get(key)
    if (known !== undefined) return known
    this.labelSetNumbers.set(key, this.labelSets.length)
    return this.labelSets.push(pairs) - 1
  }

  private grow(): void {
    const size = this.kind.length * 2
    const wider = <T extends Uint8Array | Uint32Array | Float64Array>(old: T, make: (n: number) => T): T => {
      const column = make(size)
      column.set(old)
      return column
    }
    for (const column of COLUMNS) this.columns[column] = wider(this.columns[column], (n) => new Uint32Array(n))
    this.kind = wider(this.kind, (n) => new Uint8Array(n))
    this.labelSet = wider(this.labelSet, (n) => new Uint32Array(n))
    this.unit = wider(this.unit, (n) => new Uint32Array(n))
    this.firstSeen = wider(this.firstSeen, (n) => new Float64Array(n))
    this.lastSeen = wider(this.lastSeen, (n) => new Float64Array(n))
  }
}
