import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import {
  decodeFrame,
  decodeNames,
  decodePoints,
  type FrameEvent,
  type FrameItems,
  SECTION,
  type Series,
} from "@ossagent/wire"

export const COLLECTOR_KEY = "a-key-for-metrics-of-tests"

/** A collector's door for tests, that adds up what counters are sent and keeps events. `sum` is over the series that `holds`. */
export async function startSums() {
  const series = new Map<string, Series>()
  const sums = new Map<string, number>()
  const events: FrameEvent[] = []
  const take = (bytes: Buffer): void => {
    const { header, sections } = decodeFrame(bytes)
    const keyOf = (id: number): string => `${header.agent} ${header.epoch} ${id}`
    for (const { type, body } of sections) {
      if (type === SECTION.names) for (const { id, series: one } of decodeNames(body)) series.set(keyOf(id), one)
      if (type === SECTION.events)
        events.push(...(JSON.parse(new TextDecoder().decode(body)) as FrameItems<FrameEvent>).items)
      if (type !== SECTION.points) continue
      decodePoints(body, (_second, { kind, length, ids, sum }) => {
        if (kind !== "counter") return
        for (let row = 0; row < length; row++) {
          const key = keyOf(ids[row] as number)
          sums.set(key, (sums.get(key) ?? 0) + (sum[row] as number))
        }
      })
    }
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      take(Buffer.concat(chunks))
      response.end(JSON.stringify({ accepted: 1, now: Date.now() }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    env: {
      OSSAGENT_COLLECTOR: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      OSSAGENT_KEY: COLLECTOR_KEY,
    },
    events,
    sum: (holds: (one: Series) => boolean): number => {
      let total = 0
      for (const [key, one] of series) if (holds(one)) total += sums.get(key) ?? 0
      return total
    },
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
