import { connect, createServer, type Server, type Socket } from "node:net"

/** A relay in front of one port that passes everything, until it is told to misbehave. */
export interface Way {
  port: number
  /** Ends all connections now. */
  cut: () => void
  /** What comes back is held so long, then its connection ends: the other side did it and the caller never hears of it. */
  drop: (forMs: number) => void
  /** What is asked, or what comes back, within `forMs` comes later by this. */
  delay: (of: Direction, forMs: number, byMs: number) => void
  close: () => Promise<void>
}

export type Direction = "requests" | "replies"

interface Misbehaviour {
  dropUntil: number
  delayUntil: number
  byMs: number
  of: Direction
}

const MOST_CONNECTIONS = 1_000

/** @param to the port behind it at that moment, on loopback */
export async function openWay(to: () => number): Promise<Way> {
  const pairs = new Set<Pair>()
  const fault: Misbehaviour = { dropUntil: 0, delayUntil: 0, byMs: 0, of: "replies" }
  const server = createServer((near) => {
    if (pairs.size >= MOST_CONNECTIONS) return void near.destroy()
    const pair = toPair(near, to(), fault)
    pairs.add(pair)
    pair.onEnd = () => pairs.delete(pair)
  })
  const cut = (): void => {
    for (const pair of pairs) pair.end()
  }
  return {
    port: await listen(server),
    cut,
    drop: (forMs) => {
      fault.dropUntil = Date.now() + forMs
      setTimeout(cut, forMs).unref()
    },
    delay: (of, forMs, byMs) => void Object.assign(fault, { of, byMs, delayUntil: Date.now() + forMs }),
    close: () => {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

interface Pair {
  end: () => void
  onEnd: () => void
}

function toPair(near: Socket, to: number, fault: Misbehaviour): Pair {
  const far = connect(to, "127.0.0.1")
  const pair: Pair = {
    end: () => {
      near.destroy()
      far.destroy()
      pair.onEnd()
    },
    onEnd: () => undefined,
  }
  for (const socket of [near, far]) {
    socket.setNoDelay(true)
    socket.on("error", () => undefined)
    socket.on("close", pair.end)
  }
  const timeOf = (of: Direction, now: number): number =>
    fault.of === of && now < fault.delayUntil ? now + fault.byMs : now
  const forth = createLine((bytes) => far.destroyed || far.write(bytes))
  const back = createLine((bytes) => near.destroyed || near.write(bytes))
  near.on("data", (bytes) => forth(bytes, timeOf("requests", Date.now())))
  far.on("data", (bytes) => {
    const now = Date.now()
    if (now >= fault.dropUntil) back(bytes, timeOf("replies", now))
  })
  return pair
}

/** Writes pieces at their time, and never before what came earlier. */
function createLine(write: (bytes: Buffer) => void): (bytes: Buffer, at: number) => void {
  const held: { bytes: Buffer; at: number }[] = []
  let last = 0
  const drain = (): void => {
    for (let first = held[0]; first !== undefined && first.at <= Date.now(); first = held[0]) {
      write(first.bytes)
      held.shift()
    }
    if (held[0] !== undefined) setTimeout(drain, Math.max(1, held[0].at - Date.now()))
  }
  return (bytes, at) => {
    last = Math.max(last, at)
    held.push({ bytes, at: last })
    if (held.length === 1) drain()
  }
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)))
