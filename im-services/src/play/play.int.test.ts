/** play as a process of its own: a new version of shake is loaded while people shake. */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { LogicPlan, LogicReport } from "@ossagent/wire"
import { afterAll, beforeAll, expect, it } from "vitest"
import { createCaller, type Process, startProcess } from "../testing/processes.ts"
import { until } from "../until.ts"
import { createPlayClient, type PlayClient } from "./generated/play.client.ts"
import { PLAY } from "./generated/play.table.ts"

const BUILT = fileURLToPath(new URL("../../dist/play/logic/", import.meta.url))
/** The second version: what the first does, with its own name to be known by. */
const SECOND = `
import create from "../1/index.js"
export default async (context) => {
  const { handlers } = await create(context)
  const shake = async (request, call) => {
    const found = await handlers.shake(request, call)
    return found.uid > 0 ? { ...found, name: "by 2" } : found
  }
  return { handlers: { shake } }
}
`
const SHAKERS = 24
let dir: string
let door: Server
let plan: LogicPlan = { module: "shake", current: "1", release: null }
let report: LogicReport["modules"][0] | undefined
let process: Process
let play: PlayClient
const caller = createCaller()

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "play-"))
  await cp(BUILT, dir, { recursive: true })
  await writeFile(join(dir, "package.json"), '{"type":"module"}')
  door = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { modules } = JSON.parse(Buffer.concat(chunks).toString()) as LogicReport
      report = modules.find(({ module }) => module === "shake") ?? report
      response.end(JSON.stringify({ plans: [plan] }))
    })
  })
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve))
  process = await startProcess("play", {
    OSSAGENT_LOGIC_DIR: dir,
    OSSAGENT_ALERTING_URL: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    OSSAGENT_LOGIC_TOKEN: "0123456789abcdef",
  })
  play = createPlayClient(caller.channel(PLAY, [process.target]))
})
afterAll(async () => {
  caller.stop()
  await process?.end()
  door?.close()
  await rm(dir, { recursive: true, force: true })
})

const stateOf = (version: string) => report?.versions.find((one) => one.version === version)?.state

/** People who shake one after the other, each once; whom each found, and by which version. */
function shakeOn() {
  const found = new Map<number, { uid: number; name: string }>()
  const failures: string[] = []
  let nextUid = 1_000
  let going = true
  const one = async (): Promise<void> => {
    while (going) {
      const uid = nextUid++
      try {
        found.set(uid, await play.shake({ uid, shake: uid, place: { lat: 48.1, lng: 11.5 } }))
      } catch (error) {
        failures.push((error as Error).message)
      }
    }
  }
  const all = Promise.all(Array.from({ length: SHAKERS }, one))
  const end = async (): Promise<void> => {
    going = false
    await all
  }
  return { found, failures, end }
}

it("a new version of shake takes its share of people, then all, while they shake: no call fails, each is found once", async () => {
  const { found, failures, end } = shakeOn()
  const by2 = (): number => [...found.values()].filter(({ name }) => name === "by 2").length
  await until("they shake", () => found.size > 100)
  expect(by2()).toBe(0)
  await mkdir(join(dir, "shake", "2"))
  await writeFile(join(dir, "shake", "2", "index.js"), SECOND)
  const audience = { versions: [], regions: [], users: [] }
  plan = { module: "shake", current: "1", release: { id: "r1", version: "2", ratio: 0.5, audience } }
  await until("both versions find people", () => by2() > 50)
  plan = { module: "shake", current: "2", release: null }
  await until("the old version is gone", () => stateOf("2") === "ready" && stateOf("1") === undefined, 20_000)
  const before = found.size
  await until("the new one alone goes on", () => found.size > before + 100)
  await end()
  expect(failures).toEqual([])
  const matched = [...found].filter(([, { uid }]) => uid > 0)
  expect(found.size - matched.length).toBeLessThanOrEqual(1)
  for (const [uid, { uid: other }] of matched) expect(found.get(other)?.uid).toBe(uid)
  const mixed = matched.filter(([, { uid, name }]) => name !== found.get(uid)?.name)
  expect(mixed.length, "people of both versions found each other").toBeGreaterThan(0)
})

it("what is no place, and who looks around too often, is refused; who hides is seen no longer", async () => {
  const [ann, bob] = [1, 2]
  const place = { lat: 52.52, lng: 13.405 }
  await expect(play.nearby({ uid: ann })).rejects.toMatchObject({ code: "bad_request" })
  await expect(play.nearby({ uid: ann, place: { lat: Number.NaN, lng: 0 } })).rejects.toMatchObject({
    code: "bad_request",
  })
  expect(await play.nearby({ uid: ann, place })).toMatchObject({ people: [] })
  const seen = await play.nearby({ uid: bob, place: { lat: 52.521, lng: 13.405 } })
  expect(seen.people).toMatchObject([{ uid: ann, name: "", metres: 200 }])
  await play.nearby({ uid: ann, hide: true })
  expect(await play.nearby({ uid: bob, place })).toMatchObject({ people: [] })
  await play.nearby({ uid: bob, place })
  const error = await play.nearby({ uid: bob, place }).catch((refused: unknown) => refused)
  expect(error).toMatchObject({ code: "slow_down", retry: true })
  expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(5_000)
})

it("without its store it answers for people, and bottles alone are unavailable", async () => {
  await expect(play.pickBottle({ uid: 1 })).rejects.toMatchObject({ code: "unavailable", retry: true })
  await expect(play.throwBottle({ uid: 1, clientId: 1, text: " " })).rejects.toMatchObject({ code: "bad_request" })
})
