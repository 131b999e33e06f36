import { randomInt } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:net"

/** Below those that the system gives to connections that go out: a process that is away must find its port free when it comes back. */
const RANGE = { low: 10_000, high: 30_000 }
const MOST_TRIES = 200

/** A different free port of loopback each time. */
export class Ports {
  private readonly given = new Set<number>()

  async next(): Promise<number> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const port = randomInt(RANGE.low, RANGE.high)
      if (this.given.has(port) || !(await isFree(port))) continue
      this.given.add(port)
      return port
    }
    throw new Error(`cannot find a free port in ${MOST_TRIES} tries`)
  }

  /** One for each name. */
  async for(names: readonly string[]): Promise<Map<string, number>> {
    const ports = new Map<string, number>()
    for (const name of names) ports.set(name, await this.next())
    return ports
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  server.listen(port, "127.0.0.1")
  try {
    await once(server, "listening")
  } catch {
    return false // somebody has it: that is the answer
  }
  server.close()
  await once(server, "close")
  return true
}
