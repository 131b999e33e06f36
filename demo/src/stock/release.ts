import type { LogicModuleState, NewRelease, Release } from "@ossagent/wire"
import type { Day } from "../day/day.ts"
import { type Ask, DoorError } from "../door.ts"
import type { StockProcess } from "./process.ts"
import { MODULE } from "./service.ts"

const POLL_MS = 1_000
const FOUND_MS = 20_000
const STEPS = [0.2, 1]
/** As short as the service allows: a day takes minutes. */
const STEP_SEC = 5
const SAMPLES = 300
const OVER: ReadonlySet<string> = new Set(["done", "rolled_back", "aborted"])

/** Version of the logic that is in force; `1` where none ever ran. */
export async function readCurrent(alerting: Ask): Promise<string> {
  const { modules } = await alerting<{ modules: LogicModuleState[] }>("GET", "/v1/logic")
  return modules.find(({ module }) => module === MODULE)?.current ?? "1"
}

export interface ReleaseParts {
  alerting: Ask
  stock: StockProcess
  day: Day
  /** Told of the release's number as soon as it has one. */
  onStarted: (id: string) => void
}

/** Releases a version that is slower, and waits until it is rolled back. Null when the day ended before. */
export async function releaseBadVersion({ alerting, stock, day, onStarted }: ReleaseParts): Promise<Release | null> {
  const version = `2.${await nextNumber(alerting)}`
  await stock.place("slow", version)
  const wanted: NewRelease = { module: MODULE, version, steps: STEPS, stepSec: STEP_SEC, minSamples: SAMPLES }
  let release = await start(alerting, day, wanted)
  if (release === null) return null
  onStarted(release.id)
  while (!OVER.has(release.state)) {
    if (!(await day.pause(POLL_MS))) return null
    release = (await alerting<{ release: Release }>("GET", `/v1/releases/${release.id}`)).release
  }
  return release
}

/** A version that was rolled back goes out under another number the next day. */
async function nextNumber(alerting: Ask): Promise<number> {
  const { releases } = await alerting<{ releases: Release[] }>("GET", `/v1/releases?module=${MODULE}&limit=500`)
  return Math.max(0, ...releases.map(({ version }) => Number(version.split(".")[1]) || 0)) + 1
}

/** A version is known once the stock's process has reported that it is there. */
async function start(alerting: Ask, day: Day, wanted: NewRelease): Promise<Release | null> {
  const until = performance.now() + FOUND_MS
  for (;;) {
    try {
      return (await alerting<{ release: Release }>("POST", "/v1/releases", wanted)).release
    } catch (error) {
      if (!(error instanceof DoorError) || performance.now() > until) throw error
    }
    if (!(await day.pause(POLL_MS))) return null
  }
}

/** Ends what is still under way of the demo's logic. Answers how many there were. */
export async function abortReleases(alerting: Ask): Promise<number> {
  const { releases } = await alerting<{ releases: Release[] }>("GET", `/v1/releases?module=${MODULE}`)
  const open = releases.filter(({ state }) => !OVER.has(state))
  for (const { id } of open) await alerting("POST", `/v1/releases/${id}/abort`, { note: "the demo ended" })
  return open.length
}
