import { type Kind, type Labels, LIMITS, OTHER, type Series } from "@ossagent/wire"
import type { Cell, Dims, Refused } from "./cell.ts"

/** Drops control characters, which separate fields elsewhere, and cuts to the contract's length. */
export function cleanText(value: unknown, limit: number): string {
  const text = typeof value === "string" ? value : String(value)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = /[\u0000-\u001f\u007f]/.test(text) ? text.replace(/[\u0000-\u001f\u007f]/g, "") : text
  return clean.length > limit ? clean.slice(0, limit) : clean
}

interface Known<T> {
  handle: T
  dims: Dims
  usedAt: number
}

/**
 * All series of one metric. At most {@link LIMITS.seriesPerMetric} at a time: where a further one is asked for, those idle for ten
 * minutes make room, and if there are none it is folded into the series whose added dimensions are all {@link OTHER}.
 */
export class Family<T extends Cell> {
  readonly kind: Kind
  private readonly known = new Map<string, Known<T>>()
  private readonly dimsOf = new WeakMap<T, Dims>()
  private readonly base: Series
  private readonly make: (family: Family<T>, series: Series) => T
  private readonly refused: Refused
  private readonly now: () => number
  private tidiedAt = 0
  readonly root: T

  constructor(
    base: Series,
    make: (family: Family<T>, series: Series) => T,
    agent: { refused: Refused; now: () => number },
  ) {
    this.kind = base.kind
    this.base = base
    this.make = make
    this.refused = agent.refused
    this.now = agent.now
    this.root = make(this, base)
    this.dimsOf.set(this.root, {})
  }

  /** The handle with the dimensions of `parent` and `dims`. Bad input gives `parent`, and is counted. */
  child(parent: T, dims: Dims): T {
    try {
      const inherited = this.dimsOf.get(parent)
      const all = inherited === undefined || parent === this.root ? dims : { ...inherited, ...dims }
      const key = keyOf(all)
      const known = this.known.get(key)
      if (known !== undefined) {
        known.usedAt = this.now()
        return known.handle
      }
      return this.add(key, all)
    } catch {
      this.refused.bad_name++
      return parent
    }
  }

  private add(key: string, dims: Dims): T {
    if (this.known.size >= LIMITS.seriesPerMetric - 1) this.forgetIdle()
    if (this.known.size >= LIMITS.seriesPerMetric - 1 && !isOther(dims)) {
      this.refused.too_many_series++
      return this.child(this.root, Object.fromEntries(Object.keys(dims).map((name) => [name, OTHER])))
    }
    const handle = this.make(this, this.seriesOf(dims))
    this.known.set(key, { handle, dims, usedAt: this.now() })
    this.dimsOf.set(handle, dims)
    return handle
  }

  /** A handle that the host still holds goes on to work; it is only no longer found by its dimensions. */
  private forgetIdle(): void {
    const now = this.now()
    if (now - this.tidiedAt < 10_000) return
    this.tidiedAt = now
    const before = now - 600_000
    for (const [key, { usedAt }] of this.known) if (usedAt < before) this.known.delete(key)
  }

  private seriesOf(dims: Dims): Series {
    const { subsystem, version, ...rest } = dims
    return {
      ...this.base,
      subsystem: subsystem === undefined ? this.base.subsystem : cleanText(subsystem, LIMITS.value),
      version: version === undefined ? this.base.version : cleanText(version, LIMITS.value),
      labels: cleanLabels({ ...this.base.labels, ...rest }, this.refused),
    }
  }
}

const isOther = (dims: Dims): boolean => Object.values(dims).every((value) => value === OTHER)

/** Equal for equal dimensions, whatever their order. */
function keyOf(dims: Dims): string {
  const names = Object.keys(dims)
  if (names.length === 1) return `${names[0]}\u0001${dims[names[0] as string]}`
  let key = ""
  for (const name of names.sort()) key += `${name}\u0001${dims[name]}\u0002`
  return key
}

/** The first {@link LIMITS.labels} labels that have a value, as short strings; those left out are counted. */
export function cleanLabels(dims: Dims, refused: Refused): Labels {
  const labels: Record<string, string> = {}
  let left = LIMITS.labels
  for (const [name, value] of Object.entries(dims)) {
    if (value === undefined) continue
    if (left-- > 0) labels[cleanText(name, LIMITS.name)] = cleanText(value, LIMITS.value)
    else refused.bad_name++
  }
  return labels
}
