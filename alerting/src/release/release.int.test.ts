import { setTimeout as sleep } from "node:timers/promises"
import type { RunningService } from "@ossagent/svrkit"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import type {
  Alarm,
  AuditEntry,
  LogicAnswer,
  LogicModuleState,
  LogicReport,
  LogicState,
  Release,
  ReleasePage,
} from "@ossagent/wire"
import { pino } from "pino"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { alerting } from "../app.ts"
import { createTestDatabase, startTestCollector, type TestCollector, type TestSeries, until } from "../testing.ts"

const token = "dashboard-token-0123456789"
const logicToken = "logic-token-0123456789"
type Running = RunningService<typeof alerting.definition.config>
let postgres: RunningPostgres
let collector: TestCollector
let running: Running[] = []
let databaseUrl: string

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres.stop())
let databases = 0
beforeEach(async () => {
  collector = await startTestCollector()
  databaseUrl = await createTestDatabase(postgres.url, `release${++databases}`)
})
afterEach(async () => {
  for (const one of processes.splice(0)) await one.stop()
  for (const one of running.splice(0)) await one.stop()
  await collector.stop()
})

async function start(): Promise<Running> {
  const one = await alerting.start(
    {
      OSSAGENT_ALERTING_PORT: "0",
      OSSAGENT_SMTP_PORT: "0",
      OSSAGENT_ALERTING_TOKEN: token,
      OSSAGENT_LOGIC_TOKEN: logicToken,
      OSSAGENT_READ_TOKEN: "read-token-0123456789",
      OSSAGENT_COLLECTOR: collector.url,
      OSSAGENT_POSTGRES_URL: databaseUrl,
      OSSAGENT_RELEASE_LOOK_MS: "200",
      OSSAGENT_RELEASE_JUDGE_MS: "200",
      OSSAGENT_LEASE_SEC: "2",
    },
    pino({ level: "silent" }),
  )
  running.push(one)
  await until("ready", async () => (await fetch(`${one.url}/readyz`)).ok)
  return one
}

async function call<T>(method: string, path: string, body?: unknown, bearer = token): Promise<T> {
  const response = await fetch((running.at(-1) as Running).url + path, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      "x-ossagent-actor": "ann@example.com",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`)
  return answer as T
}

const processes: { stop: () => Promise<void> }[] = []

/** A process with logic, as the container tells of itself: it obeys its plan, but for what a test says of a version. */
function startProcess(instance: string) {
  const process = {
    plan: null as LogicAnswer["plans"][number] | null,
    /** State and reason of a version instead of `ready`. */
    states: new Map<string, [LogicState, string]>(),
    stop: async (): Promise<void> => undefined,
  }
  const versionsOf = (): LogicReport["modules"][number]["versions"] => {
    const release = process.plan?.release
    return ["1", ...(release ? [release.version] : [])].map((version) => {
      const [state, why] = process.states.get(version) ?? ["ready", ""]
      return { version, state, why, release: state === "ready" ? null : (release?.id ?? null), heapBytes: 1, calls: 1 }
    })
  }
  let going = true
  const loop = (async () => {
    while (going) {
      const module = { module: "play", current: "1", found: ["1", "2", "3"], versions: versionsOf() }
      const report: LogicReport = { service: "im", instance, modules: [module] }
      const answer = await call<LogicAnswer>("POST", "/v1/logic/report", report, logicToken).catch(() => null)
      if (answer) process.plan = answer.plans[0] ?? null
      await sleep(50)
    }
  })()
  process.stop = async () => {
    going = false
    await loop
  }
  processes.push(process)
  return process
}

/** What both sides say in each group of users; groups differ a little. */
function figures({
  oldMs = 20,
  newMs = 20,
  faults = 0,
}: {
  oldMs?: number
  newMs?: number
  faults?: number
} = {}): TestSeries[] {
  const base = { service: "im", subsystem: "play", version: "8.0.1" } as const
  return ["old", "new"].flatMap((side) =>
    Array.from({ length: 16 }, (_, group): TestSeries[] => {
      const ms = (side === "new" ? newMs : oldMs) + group / 4 + (side === "new" ? 0.01 : 0)
      const labels = { side, group: String(group), region: "eu" }
      const failed = side === "new" ? faults : 0
      return [
        { ...base, labels, metric: "logic.calls", kind: "counter", unit: "{call}", values: { sum: 500 } },
        { ...base, labels, metric: "logic.errors", kind: "counter", unit: "{error}", values: { sum: failed } },
        { ...base, labels, metric: "logic.duration", kind: "timer", unit: "ms", values: { avg: ms, p95: 2 * ms } },
      ]
    }).flat(),
  )
}

const wanted = { module: "play", version: "2", steps: [0.05, 1], stepSec: 5, minSamples: 100 }
const release = async (body: object = wanted) =>
  (await call<{ release: Release }>("POST", "/v1/releases", body)).release
const page = (id: string) => call<ReleasePage>("GET", `/v1/releases/${id}`)
const ended = (id: string) =>
  until(
    "the end",
    async () => {
      const one = await page(id)
      return one.release.endedAt !== null && one
    },
    45_000,
  )
const known = () =>
  until("reported", async () => {
    const { modules } = await call<{ modules: LogicModuleState[] }>("GET", "/v1/logic")
    return modules.some(({ instances }) => instances.length > 0)
  })

test("a good release waits until every process has loaded it, goes through its steps, and becomes the current version", async () => {
  await start()
  const [one, two] = [startProcess("a"), startProcess("b")]
  two.states.set("2", ["loading", ""])
  collector.series = figures()
  await known()
  const { id, state } = await release()
  expect(state).toBe("waiting")
  await until("offered", () => one.plan?.release?.version === "2")
  expect(one.plan?.release?.ratio).toBe(0)
  two.states.delete("2")
  await until("the first step", () => one.plan?.release?.ratio === 0.05)
  const { release: after, timeline, judgements } = await ended(id)
  expect(after).toMatchObject({ state: "done", from: "1", startedBy: "ann@example.com" })
  expect(timeline.map(({ kind, ratio }) => [kind, ratio])).toEqual([
    ["started", 0],
    ["step", expect.closeTo(0.05)],
    ["step", 1],
    ["done", 1],
  ])
  expect(judgements[0]).toMatchObject({ verdict: "go_on", samples: { old: 8_000, new: 8_000 } })
  await until("the new one is current", () => two.plan?.current === "2" && two.plan.release === null)
  const { marks } = await call<{ marks: unknown[] }>("GET", `/v1/releases/marks?from=0&to=${Date.now()}`)
  expect(marks).toHaveLength(3)
})

test("a slower version is rolled back with its reason, and that is an alarm", async () => {
  await start()
  const process = startProcess("a")
  collector.series = figures({ newMs: 26 })
  await known()
  const { id } = await release()
  const { release: after, judgements } = await ended(id)
  expect(after.state).toBe("rolled_back")
  expect(after.why).toMatch(/^latency \+\d+ % \(q .*\); the slowest 5 %/)
  const latency = judgements[0]?.metrics.find(({ metric }) => metric === "latency")
  expect(latency).toMatchObject({ verdict: "worse", n: 32 })
  expect(latency?.shift).toBeCloseTo(6, 0)
  await until("traffic is back", () => process.plan?.release === null && process.plan.current === "1")
  const alarm = await until("alarm", async () =>
    (await call<{ alarms: Alarm[] }>("GET", "/v1/alarms")).alarms.find(({ detection }) => detection === "release"),
  )
  expect(alarm).toMatchObject({ state: "firing", group: { service: "im" } })
  expect(alarm.title).toBe("im: play 2 was rolled back at 5 % of users")
  expect(alarm.incidentId).not.toBeNull()
})

test("a version that a process puts out is rolled back at once, also while the collector is away; one that cannot be loaded never begins", async () => {
  await start()
  const process = startProcess("a")
  await known()
  collector.broken = true
  const first = await release({ ...wanted, stepSec: 3_600 })
  await until("runs", () => process.plan?.release?.ratio === 0.05)
  const since = Date.now()
  process.states.set("2", ["put_out", "its event loop did not turn for 500 ms"])
  expect((await ended(first.id)).release).toMatchObject({
    state: "rolled_back",
    why: expect.stringContaining("event loop"),
  })
  expect(Date.now() - since).toBeLessThan(5_000)
  process.states.set("3", ["failed", "cannot be loaded: it has no handler shake"])
  const second = await release({ ...wanted, version: "3" })
  const { release: after, timeline } = await ended(second.id)
  expect(after).toMatchObject({ state: "rolled_back", why: "cannot be loaded: it has no handler shake" })
  expect(timeline.map(({ kind }) => kind)).toEqual(["started", "rolled_back"])
})

test("abort puts traffic back at once and is in the audit; an experiment is held at its ratio and judged", async () => {
  await start()
  const process = startProcess("a")
  collector.series = figures({ newMs: 26 })
  await known()
  const { id } = await release({
    module: "play",
    version: "2",
    experiment: true,
    steps: [0.5],
    stepSec: 5,
    minSamples: 100,
  })
  await until("judged", async () => (await page(id)).judgements[0]?.verdict === "roll_back", 30_000)
  expect((await page(id)).release.state).toBe("running")
  await call("POST", `/v1/releases/${id}/abort`, { note: "seen enough" })
  await until("back", () => process.plan?.release === null)
  expect((await page(id)).release).toMatchObject({
    state: "aborted",
    why: "aborted: seen enough",
    endedBy: "ann@example.com",
  })
  const { entries } = await call<{ entries: AuditEntry[] }>("GET", "/v1/audit")
  expect(entries.map(({ action }) => action)).toEqual(["release aborted", "release started"])
  await expect(call("POST", `/v1/releases/${id}/abort`, {})).rejects.toThrow(/409.*not_running.*it is aborted already/)
})

test("what cannot be released is told clearly", async () => {
  await start()
  await expect(release()).rejects.toThrow(/404.*unknown_module.*no service has reported it/)
  startProcess("a")
  await known()
  await expect(release({ ...wanted, version: "9" })).rejects.toThrow(/422.*unknown_version.*there are 1, 2, 3/)
  await expect(release({ ...wanted, version: "1" })).rejects.toThrow(
    /422.*unknown_version.*it is the version that runs/,
  )
  await expect(release({ ...wanted, steps: [0.5, 0.1, 1] })).rejects.toThrow(/400.*body.steps: must rise/)
  await expect(release({ ...wanted, steps: [0.5] })).rejects.toThrow(/400.*must end with 1/)
  await expect(release({ ...wanted, experiment: true })).rejects.toThrow(/400.*an experiment has one/)
  const { id } = await release({ ...wanted, stepSec: 3_600 })
  await expect(release({ ...wanted, version: "3" })).rejects.toThrow(
    new RegExp(`409.*release_running.*release ${id} of 2`),
  )
  await expect(call("GET", "/v1/releases/999")).rejects.toThrow(/404.*unknown_release/)
  await expect(call("GET", "/v1/releases", undefined, logicToken)).rejects.toThrow(/403/)
  await expect(call("POST", "/v1/logic/report", { service: "im", instance: "x", modules: [] })).rejects.toThrow(/403/)
  const other = { service: "shop", instance: "x", modules: [{ module: "play", current: "1", found: [], versions: [] }] }
  await expect(call("POST", "/v1/logic/report", other, logicToken)).rejects.toThrow(/409.*other_service.*im has one/)
})

test("of two alerting processes one takes a release on, and the other when that is gone", async () => {
  const first = await start()
  await start()
  startProcess("a")
  collector.series = figures()
  await known()
  const { id } = await release()
  await until("the first step", async () => (await page(id)).timeline.length === 2)
  running = running.filter((one) => one !== first)
  await first.stop()
  const { release: after, timeline } = await ended(id)
  expect(after.state).toBe("done")
  expect(timeline.map(({ kind }) => kind)).toEqual(["started", "step", "step", "done"])
})
