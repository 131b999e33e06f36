import type { LogicContext } from "./author.ts"
import type { EventItem, FigureItem, FromWorker } from "./messages.ts"

const MOST_SERIES = 500
const MOST_VALUES = 10_000
const MOST_EVENTS = 5_000

/** Figures of a version's thread between two flushes. What finds no room is counted. */
export function createFigures(): Pick<LogicContext<unknown>, "count" | "record" | "event"> & {
  /** What came since the last time; null when nothing did. */
  take: () => FromWorker | null
} {
  let series = new Map<string, FigureItem>()
  let events: EventItem[] = []
  let [values, dropped] = [0, 0]
  const find = (metric: string, kind: FigureItem[1], labels: Readonly<Record<string, string>>): FigureItem | null => {
    const text = JSON.stringify(labels)
    const key = `${kind}\u0001${metric}\u0001${text}`
    const known = series.get(key)
    if (known) return known
    if (series.size >= MOST_SERIES) return null
    const item: FigureItem = [metric, kind, text, []]
    series.set(key, item)
    return item
  }
  return {
    count: (metric, by = 1, labels = {}) => {
      const item = find(metric, "counter", labels)
      if (item) item[3][0] = (item[3][0] ?? 0) + by
      else dropped++
    },
    record: (metric, ms, labels = {}) => {
      const item = values < MOST_VALUES ? find(metric, "timer", labels) : null
      if (item === null) dropped++
      else {
        item[3].push(ms)
        values++
      }
    },
    event: (name, user, props = {}) => {
      if (events.length < MOST_EVENTS) events.push([name, user, { ...props }])
      else dropped++
    },
    take: () => {
      if (series.size === 0 && events.length === 0 && dropped === 0) return null
      const taken = { figures: [...series.values()], events, dropped }
      series = new Map()
      events = []
      values = dropped = 0
      return taken
    },
  }
}
