/**
 * Messages one to one through all services in one process, acknowledged when durable; and the same load on Debian's ejabberd and prosody,
 * in turn, in rounds of one run.
 */
import { setTimeout as sleep } from "node:timers/promises"
import type { LoadResult, LoadRound } from "./im/drive.ts"
import { cpuOf, type ImProduct, startIm, startWorker } from "./im/product.ts"
import { isInstalled, PASSWORD, startEjabberd, startProsody, type XmppServer } from "./im/xmpp-servers.ts"
import { atLeast, atMost, type Figure, median, report, stated } from "./result.ts"

const ROUNDS = 3
const PEOPLE = 200
const MOST: LoadRound = { seconds: 10, inFlight: 1_600, rate: null }
const TARGET = 8_000
const HALF: LoadRound = { seconds: 10, inFlight: 4_000, rate: TARGET / 2 }

interface Loaded {
  name: string
  most: LoadResult[]
  half: LoadResult[]
  /** Microseconds of the server's process for each message; PostgreSQL's are not in it. */
  serverUs: number[]
}

async function loadIm(im: ImProduct): Promise<Loaded> {
  const worker = startWorker("load")
  await worker.ask({ prepare: { tcpPort: im.tcpPort, appKey: im.appKey, people: PEOPLE, friends: 4 } })
  const loaded = await loadRounds("ours", worker.ask, () => cpuOf([im.child.pid as number]))
  worker.stop()
  return loaded
}

async function loadXmpp(start: () => Promise<XmppServer>): Promise<Loaded & { version: string }> {
  const server = await start()
  const names = Array.from({ length: PEOPLE }, (_, i) => `load${i}`)
  await server.register(names)
  const worker = startWorker("xmpp-load")
  await worker.ask({ prepare: { port: server.port, names, password: PASSWORD } })
  const loaded = await loadRounds(server.name, worker.ask, () => 0)
  worker.stop()
  await server.stop()
  return { ...loaded, version: server.version }
}

async function loadRounds(name: string, ask: <T>(message: object) => Promise<T>, cpu: () => number): Promise<Loaded> {
  const loaded: Loaded = { name, most: [], half: [], serverUs: [] }
  await ask({ run: { ...MOST, seconds: 3 } }) // warm
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpu()
    const most = await ask<LoadResult>({ run: MOST })
    loaded.serverUs.push(((cpu() - before) * 1e6) / most.acknowledged)
    loaded.most.push(most)
    await sleep(1_000)
    loaded.half.push(await ask<LoadResult>({ run: HALF }))
  }
  for (const { acknowledged, received, refused } of [...loaded.most, ...loaded.half])
    process.stdout.write(`${name}: ${acknowledged} acknowledged, ${received} received, ${refused} refused\n`)
  return loaded
}

const of = (results: readonly LoadResult[], what: (result: LoadResult) => number): number => median(results.map(what))

function toFigures({ name, most, half, serverUs }: Loaded): Figure[] {
  const ours = name === "ours"
  const perSecond = of(most, (result) => result.perSecond)
  const p99 = of(half, ({ receivedMs }) => receivedMs.p99)
  const lost = [...most, ...half].reduce(
    (sum, { acknowledged, received }) => sum + Math.max(0, acknowledged - received),
    0,
  )
  const rest = [
    stated(
      `${name}: sent to acknowledged p99, as many as go`,
      of(most, ({ ackMs }) => ackMs.p99),
      "ms",
    ),
    stated(
      `${name}: reached at ${HALF.rate} a second`,
      of(half, (result) => result.perSecond),
      "1/s",
    ),
    stated(`${name}: acknowledged and not received in the end`, lost, "messages"),
  ]
  if (!ours)
    return [
      stated(`${name}: acknowledged messages a second`, perSecond, "1/s"),
      stated(`${name}: sent to received p99 at ${HALF.rate} a second`, p99, "ms"),
      ...rest,
    ]
  return [
    atLeast("acknowledged = durable messages a second", perSecond, "1/s", TARGET),
    atMost(`sent to received p99 at ${HALF.rate} a second`, p99, "ms", 100),
    ...rest,
    stated("the services' process, for each message", median(serverUs), "µs"),
  ]
}

const im = await startIm()
const loads: Loaded[] = [await loadIm(im)]
await im.stop()
const versions: Record<string, string> = {}
if (isInstalled())
  for (const start of [startProsody, startEjabberd]) {
    const loaded = await loadXmpp(start)
    loads.push(loaded)
    versions[loaded.name] = loaded.version
  }
else process.stdout.write("without ejabberd and prosody: apt-get install ejabberd prosody, and run it again\n")
report({
  name: "im",
  about: `${PEOPLE} people, each friends with 8, write to each other over TCP, texts of 20 characters and more; the load generator, a process of its own, and PostgreSQL share the machine's two cores with the services, all in one process, built-in figures counted and not sent. As many as go: ${MOST.inFlight} messages under way. Ours is acknowledged when both people's mailboxes are flushed to disk, and received when the receiver has synced it. ejabberd and prosody, stream management on, every message into the archive, acknowledge a stanza that they have handled: their archives (Mnesia, files) are not flushed before, and they check no friendship; with a database behind its archive ejabberd may do better, which was not tried.`,
  runs: ROUNDS,
  versions,
  figures: loads.flatMap(toFigures),
})
process.exit(0)
