import { type Every, type Log, startEvery } from "../loop/every.ts"
import type { Job } from "../mailbox/generated/mailbox.codec.ts"
import type { MailboxRoute } from "../mailbox/route.ts"
import { type Deliver, isFinal } from "./deliver.ts"
import { type Step, toSteps } from "./plan.ts"
import type { AsyncPoints } from "./points.ts"

const LOOK_MS = 1_000
const MOST_HELD = 256
/** What a taker that was killed had in hand waits for others so long; too short costs repeats, and nothing else. */
const LEASE_MS = 12_000
/** No new step is begun when less than this is left of the lease. */
const SPARE_MS = 5_000

interface Parts {
  set: number
  route: MailboxRoute
  deliver: Deliver
  points: AsyncPoints
  log: Log
  now: () => number
}

/** Takes the jobs of one SET and has them done: of a group one after the other, of several groups at once. */
export class Taker {
  private readonly held = new Map<number, Job>()
  private readonly parts: Parts
  private readonly look: Every
  private readonly groups = new Set<Promise<void>>()
  private done: number[] = []
  private finishing: Promise<void> | null = null
  private stopped = false

  constructor(parts: Parts) {
    this.parts = parts
    this.look = startEvery({ name: `jobs of SET ${parts.set}`, everyMs: LOOK_MS, log: parts.log }, () => this.take())
    this.look.wake()
  }

  wake(): void {
    this.look.wake()
  }

  get jobs(): number {
    return this.held.size
  }

  /** Since the oldest job at hand was acknowledged, ms; 0: there is none. */
  get oldestMs(): number {
    let oldest = this.parts.now()
    for (const { at } of this.held.values()) if (at < oldest) oldest = at
    return this.parts.now() - oldest
  }

  private async take(): Promise<void> {
    const { set, route, now } = this.parts
    for (let full = true; full && !this.stopped; ) {
      const limit = MOST_HELD - this.held.size
      if (limit <= 0) return // whoever finishes wakes
      const until = now() + LEASE_MS - SPARE_MS
      const { jobs } = await route.clientOfSet(set).takeJobs({ set, limit, leaseMs: LEASE_MS })
      full = jobs.length === limit
      for (const job of jobs) this.held.set(job.id, job)
      for (const group of byGroup(jobs)) this.begin(group, () => !this.stopped && now() < until)
    }
  }

  private begin(jobs: readonly Job[], goOn: () => boolean): void {
    const running = this.run(toSteps(jobs), goOn).finally(() => {
      this.groups.delete(running)
      this.look.wake()
    })
    this.groups.add(running)
  }

  /** A step that fails ends the group's turn: its jobs are taken again, in their order, when their lease is over. */
  private async run(steps: readonly Step[], goOn: () => boolean): Promise<void> {
    const { deliver, points, log, now, set } = this.parts
    for (const [i, step] of steps.entries()) {
      try {
        if (!goOn()) throw new Error("its lease is nearly over, or this process stops")
        await deliver(step, goOn)
        for (const { at } of step.jobs) points.delay.record(Math.max(0, now() - at))
      } catch (error) {
        const facts = { set, gid: step.jobs[0]?.gid, jobs: step.jobs.map(({ id }) => id), err: error }
        if (!isFinal(error)) {
          log.warn(facts, "a group's messages are not with all members yet: tried again")
          for (const { jobs } of steps.slice(i)) for (const { id } of jobs) this.held.delete(id)
          return
        }
        log.error(facts, "a group's message can never be delivered to some members: given up")
        points.refused.inc()
      }
      this.finish(step.jobs.map(({ id }) => id))
    }
  }

  private finish(ids: readonly number[]): void {
    this.done.push(...ids)
    this.finishing ??= this.tellDone().finally(() => {
      this.finishing = null
    })
  }

  /** All that is done at that moment in one call. One that fails costs a repeat when the lease is over, no more. */
  private async tellDone(): Promise<void> {
    const { set, route, points, log } = this.parts
    while (this.done.length > 0) {
      const ids = this.done
      this.done = []
      try {
        await route.clientOfSet(set).finishJobs({ set, ids })
        points.finished.inc(ids.length)
      } catch (error) {
        log.warn({ set, jobs: ids.length, err: error }, "cannot put away jobs that are done: they will be done again")
      }
      for (const id of ids) this.held.delete(id)
      this.look.wake()
    }
  }

  /** Ends what is being done; what is left is taken by others when its lease is over. */
  async stop(): Promise<void> {
    this.stopped = true
    await this.look.stop()
    await Promise.all(this.groups)
    await this.finishing
  }
}

function byGroup(jobs: readonly Job[]): Job[][] {
  const groups = new Map<number, Job[]>()
  for (const job of jobs) groups.set(job.gid, [...(groups.get(job.gid) ?? []), job])
  return [...groups.values()]
}
