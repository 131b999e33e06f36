/** What an idle connection costs in access's process, and how soon thousands that come at once are in sync again. */
import { execFileSync } from "node:child_process"
import type { Access, ImApart } from "./im/apart.ts"
import { startImApart } from "./im/apart.ts"
import type { CameBack, IdlePlan } from "./im/idle-load.ts"
import { startWorker } from "./im/product.ts"
import { atMost, type Figure, report, stated } from "./result.ts"

const CONNECTIONS = 10_000
const BACK = 5_000
const MISSED = 2
const WARM = 200
const KIB = 1_024
const USERS = { tcp: 200_000_000, ws: 300_000_000 }
const NAMES = { tcp: "TCP", ws: "WebSocket" }

interface Used {
  rss: number
  heap: number
}

async function memoryOf(access: Access): Promise<Used> {
  const { rss, heapUsed, external } = await access.memory()
  return { rss, heap: heapUsed + external }
}

/** Opens and closes some, so that what a process keeps once it has worked is there before. */
async function warm(load: Worker, plan: IdlePlan): Promise<void> {
  await load.ask({ prepare: { ...plan, firstUid: plan.firstUid + CONNECTIONS, devices: WARM } })
  await load.ask({ come: { count: WARM, atOnce: 100 } })
  await load.ask({ leave: { count: WARM } })
}

type Worker = ReturnType<typeof startWorker>

/** Messages for people who are away, written as the message service writes them. */
async function writeMissed({ mailboxes }: ImApart, firstUid: number): Promise<void> {
  const STEP = 500
  const uids = Array.from({ length: BACK }, (_, i) => firstUid + i)
  for (let set = 0; set < mailboxes.sets; set++) {
    const items = uids
      .filter((uid) => mailboxes.setOf(uid) === set)
      .flatMap((uid) =>
        Array.from({ length: MISSED }, (_, i) => ({ uid, from: 1, chat: 1, clientId: i + 1, text: textOf(uid, i) })),
      )
    for (let at = 0; at < items.length; at += STEP)
      await mailboxes.clientOfSet(set).append({ items: items.slice(at, at + STEP) })
  }
}

const textOf = (uid: number, i: number): string => `message ${i} for ${uid}`

async function figuresOf(im: ImApart, transport: "tcp" | "ws"): Promise<Figure[]> {
  const { tcpPort, wsPort, ticketKey } = im
  const firstUid = USERS[transport]
  const plan: IdlePlan = { tcpPort, wsPort, ticketKey, transport, firstUid, devices: CONNECTIONS }
  const access = await im.startAccess()
  const load = startWorker("idle-load")
  await warm(load, plan)
  await load.ask({ prepare: plan })
  const before = await memoryOf(access)
  await load.ask({ come: { count: CONNECTIONS, atOnce: 200 } })
  const after = await memoryOf(access)
  const held = await access.count()
  if (held !== CONNECTIONS) throw new Error(`access holds ${held} connections, not ${CONNECTIONS}`)
  await load.ask({ leave: { count: BACK } })
  await writeMissed(im, firstUid)
  const came = await load.ask<CameBack>({ back: { count: BACK, withinMs: 1_000 } })
  const texts = await load.ask<string[][]>({ texts: { count: BACK } })
  load.stop()
  await access.end()
  return toFigures(NAMES[transport], { before, after }, came, lostOf(texts, firstUid))
}

/** Messages that did not come just once and in order. */
function lostOf(texts: readonly string[][], firstUid: number): number {
  const right = (got: readonly string[], uid: number): boolean =>
    got.length === MISSED && got.every((text, i) => text === textOf(uid, i))
  return texts.filter((got, i) => !right(got, firstUid + i)).length
}

function toFigures(name: string, memory: { before: Used; after: Used }, came: CameBack, lost: number): Figure[] {
  const each = (of: (used: Used) => number): number => (of(memory.after) - of(memory.before)) / CONNECTIONS / KIB
  return [
    atMost(
      `${name}: resident memory of access for each connection`,
      each(({ rss }) => rss),
      "KiB",
      10,
    ),
    stated(
      `${name}: of it heap and external`,
      each(({ heap }) => heap),
      "KiB",
    ),
    stated(`${name}: ${BACK} clients come within a second: until the last is in sync`, came.tookMs / 1_000, "s"),
    stated(`${name}: from a client's connect until it is in sync, p50`, came.p50Ms, "ms"),
    stated(`${name}: the same, p99`, came.p99Ms, "ms"),
    stated(`${name}: answers that told a client to wait`, came.refused, ""),
    atMost(`${name}: clients whose ${MISSED} missed messages did not come once and in order`, lost, "", 0),
  ]
}

const files = Number(execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }))
if (files < CONNECTIONS + 500)
  throw new Error(`cannot hold ${CONNECTIONS} connections: a process may have ${files} open files`)
const im = await startImApart()
const figures = [...(await figuresOf(im, "tcp")), ...(await figuresOf(im, "ws"))]
await im.stop()
report({
  name: "im-idle",
  about: `${CONNECTIONS} devices that are logged in, in sync and silent, each another user's; access in a process of its own, the load generator and all other services in two more (ulimit -n ${files}, on one machine). Memory: the difference of before and after, both after a collection and after ${WARM} earlier connections had come and gone; what the kernel holds for a socket is not in it. Then ${BACK} of them are cut without a word, each misses ${MISSED} messages, and all come back evenly within one second, by ticket and sync key. Tickets are made by the benchmark: ${CONNECTIONS} log-ins by password would measure argon2.`,
  runs: 1,
  versions: {},
  figures,
})
process.exit(0)
