/** Overload control: what is served of more than can be, with DAGOR, CoDel, random shedding and none. */
import { writeFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { measureCapacity, startLoad, sum } from "./overload/load.ts"
import { toPicture } from "./overload/picture.ts"
import { POLICIES, type Policy } from "./overload/policies.ts"
import { createRandom } from "./overload/random.ts"
import type { ServerPlan } from "./overload/server.ts"
import { startTree } from "./overload/tree.ts"
import { atLeast, atMost, report, stated } from "./result.ts"

const SLOTS: ServerPlan["work"] = { kind: "slots", slots: 15, ms: 20 }
const CPU: ServerPlan["work"] = { kind: "cpu", ms: 2 }
const LOADS = [0.5, 1, 1.5, 2, 3, 4]
const NAMES = Object.keys(POLICIES) as Policy[]
const WARM_SEC = 4
const MEASURED_SEC = 6
const SEND = 20

interface Run {
  policy: Policy
  work?: ServerPlan["work"]
  calls: number
  /** Tasks a second by priority. */
  perSec: Readonly<Record<number, number>>
}

/** Shares of the tasks that were done, by priority, and of all; of those that began after the warming up. */
async function measure({ policy, work = SLOTS, calls, perSec }: Run) {
  const tree = await startTree(policy, work)
  const load = startLoad(tree.front, { calls, perSec, tries: 1, random: createRandom(5) })
  await sleep((WARM_SEC + MEASURED_SEC) * 1_000)
  load.stop()
  await sleep(600)
  tree.stop()
  const seconds = load.seconds.slice(WARM_SEC, WARM_SEC + MEASURED_SEC)
  const total = (pick: "made" | "done", priority?: number): number =>
    seconds.reduce((all, one) => all + (priority === undefined ? sum(one[pick]) : (one[pick].get(priority) ?? 0)), 0)
  const byPriority = Object.keys(perSec).map((name) => [name, total("done", +name) / total("made", +name)] as const)
  return {
    success: total("done") / total("made"),
    donePerSec: total("done") / MEASURED_SEC,
    byPriority: new Map(byPriority),
  }
}

async function capacityOf(work: ServerPlan["work"]): Promise<number> {
  const tree = await startTree("none", work)
  await measureCapacity(tree.front, 60, 1)
  const capacity = await measureCapacity(tree.front, 60, 4)
  tree.stop()
  return capacity
}

/** Goodput, in parts of the capacity, and success by load. */
async function curve(policy: Policy, calls: number, capacity: number) {
  const goodput: number[] = []
  const success: number[] = []
  for (const load of LOADS) {
    const run = await measure({ policy, calls, perSec: { [SEND]: (load * capacity) / calls } })
    goodput.push((run.donePerSec * calls) / capacity)
    success.push(run.success)
    process.stderr.write(
      `${policy} M${calls} ${load}×: goodput ${goodput.at(-1)?.toFixed(3)}, success ${run.success.toFixed(3)}\n`,
    )
  }
  return { goodput, success }
}

const QUIET_SEC = 5
const STORM_SEC = 12
const AFTER_SEC = 22

/** Seconds from the fall of a storm of retries until 99 % of tasks are done at their first or second try, for five seconds in a row. */
async function recovery(policy: Policy, tries: number, capacity: number): Promise<number> {
  const tree = await startTree(policy, SLOTS)
  const load = startLoad(tree.front, { calls: 1, perSec: { [SEND]: 3 * capacity }, tries, random: createRandom(9) })
  await sleep(STORM_SEC * 1_000)
  const from = load.seconds.length
  load.change({ [SEND]: 0.5 * capacity })
  await sleep(AFTER_SEC * 1_000)
  load.stop()
  await sleep(1_000)
  tree.stop()
  const good = load.seconds.slice(from, from + AFTER_SEC - 1).map(({ made, done }) => sum(done) >= 0.99 * sum(made))
  const at = good.findIndex((_, i) => good.slice(i, i + QUIET_SEC).every(Boolean))
  process.stderr.write(`${policy}, ${tries} tries: ${at} s\n`)
  return at < 0 ? AFTER_SEC : at
}

const percent = (part: number): string => `${(part * 100).toFixed(0)} %`
const capacity = await capacityOf(SLOTS)
process.stderr.write(`capacity ${capacity.toFixed(0)}/s\n`)
const only = process.argv[2]
if (only !== undefined) {
  await curve(only as Policy, Number(process.argv[3] ?? 1), capacity)
  process.exit(0)
}

const curves = new Map<string, Awaited<ReturnType<typeof curve>>>()
for (const calls of [1, 2])
  for (const policy of NAMES) curves.set(`${policy} ${calls}`, await curve(policy, calls, capacity))
const of = (policy: Policy, calls: number) => curves.get(`${policy} ${calls}`) as Awaited<ReturnType<typeof curve>>
const mixed = await measure({
  policy: "dagor",
  calls: 1,
  perSec: { 10: 0.3 * capacity, 20: 0.6 * capacity, 60: 2.1 * capacity },
})
const storms = []
for (const [policy, tries] of [
  ["dagor", 3],
  ["dagor", 10],
  ["none", 10],
] as const)
  storms.push({ policy, tries, seconds: await recovery(policy, tries, capacity) })
const cpuCapacity = await capacityOf(CPU)
const onCpu = await measure({ policy: "dagor", work: CPU, calls: 1, perSec: { [SEND]: 3 * cpuCapacity } })
const onCpuNone = await measure({ policy: "none", work: CPU, calls: 1, perSec: { [SEND]: 3 * cpuCapacity } })

const linesOf = (calls: number, what: "goodput" | "success") =>
  Object.fromEntries(NAMES.map((policy) => [policy, of(policy, calls)[what]]))
const best = LOADS.map((load) => Math.min(1, load))
const bestSuccess = LOADS.map((load) => Math.min(1, 1 / load))
const panels = [1, 2].flatMap((calls) => [
  {
    title: `M${"¹²"[calls - 1]}: goodput`,
    y: "calls of tasks that were done, of the capacity",
    most: 1,
    lines: linesOf(calls, "goodput"),
    best,
  },
  {
    title: `M${"¹²"[calls - 1]}: success`,
    y: "tasks that were done, of all",
    most: 1,
    lines: linesOf(calls, "success"),
    best: bestSuccess,
  },
])
writeFileSync(fileURLToPath(new URL("../results/overload.svg", import.meta.url)), toPicture(LOADS, panels))
const table = [1, 2].flatMap((calls) => [
  "",
  `| M${"¹²"[calls - 1]}, load | ${NAMES.map((name) => `${name}: goodput, success`).join(" | ")} | at best |`,
  `|---|${NAMES.map(() => "---|").join("")}---|`,
  ...LOADS.map(
    (load, i) =>
      `| ${load} × | ${NAMES.map((name) => `${percent(of(name, calls).goodput[i] as number)}, ${percent(of(name, calls).success[i] as number)}`).join(" | ")} | ${percent(best[i] as number)}, ${percent(bestSuccess[i] as number)} |`,
  ),
])
const at3 = LOADS.indexOf(3)
const at3Of = (policy: Policy, calls: number): number => of(policy, calls).goodput[at3] as number
report({
  name: "overload",
  about: `Tasks come to front (A), which calls work (M) once (M¹) or twice (M²) for each; three processes over TCP, Poisson arrivals of 10,000 users, deadline 500 ms. M has ${SLOTS.slots} places, each taken for ${SLOTS.ms} ms without the processor; its capacity is what it does with 60 tasks at a time. Each point: ${WARM_SEC} s of warming up, ${MEASURED_SEC} s measured. Policies at both services: DAGOR as built in; CoDel as servers use it (5 ms, 100 ms); random shedding with DAGOR's detection and share; none. Storm: three times the capacity for ${STORM_SEC} s, clients trying each failed task again after 50 ms, then half the capacity; time until 99 % of tasks are done, ${QUIET_SEC} seconds in a row (${AFTER_SEC}: never).`,
  runs: 1,
  versions: {},
  figures: [
    stated("capacity of M", capacity, "1/s"),
    atLeast("goodput at 3 ×, M¹, DAGOR, of the capacity", at3Of("dagor", 1), "1", 0.9),
    atLeast("goodput at 3 ×, M², DAGOR, of the capacity", at3Of("dagor", 2), "1", 0.8),
    ...NAMES.slice(1).flatMap((name) =>
      [1, 2].map((calls) => stated(`goodput at 3 ×, M${"¹²"[calls - 1]}, ${name}`, at3Of(name, calls), "1")),
    ),
    atLeast("3 × mixed: of priority 10 (0.3 ×) done", mixed.byPriority.get("10") as number, "1", 0.98),
    atLeast("3 × mixed: of priority 20 (0.6 ×) done", mixed.byPriority.get("20") as number, "1", 0.9),
    stated("3 × mixed: of priority 60 (2.1 ×) done", mixed.byPriority.get("60") as number, "1"),
    ...storms.map(({ policy, tries, seconds }) => {
      const figure = `after a storm of ${tries} tries, ${policy}: back to normal`
      return policy === "dagor" ? atMost(figure, seconds, "s", 10) : stated(figure, seconds, "s")
    }),
    stated("M on the processor, 2 ms a call: capacity", cpuCapacity, "1/s"),
    stated("the same at 3 ×, M¹: goodput, DAGOR", onCpu.donePerSec / cpuCapacity, "1"),
    stated("the same at 3 ×, M¹: goodput, none", onCpuNone.donePerSec / cpuCapacity, "1"),
  ],
  more: `\n![goodput and success by load](overload.svg)\n${table.join("\n")}\n`,
})
process.exit(0)
