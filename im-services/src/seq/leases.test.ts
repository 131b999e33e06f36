import type { Store, Stored } from "@ossagent/svrkit/store"
import fc from "fast-check"
import { expect, it, vi } from "vitest"
import { createAllocator } from "./allocator.ts"
import type { Lease, Section } from "./generated/seq.codec.ts"
import { type LeaseStore, Leases } from "./leases.ts"
import { FIRST_GROUP, SECTION_USERS, SHARES } from "./sections.ts"
import type { SectionStore } from "./share.ts"

vi.setConfig({ testTimeout: 60_000 })

/** One user of each of three shares, a neighbour, and a group. */
const UIDS = [7, SECTION_USERS + 7, 2 * SECTION_USERS + 7, 8, FIRST_GROUP + 5]
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What waits in the simulated world: a call on its way to a store, or an answer on its way back. */
interface Waiting {
  by: Member
  go: (lost: boolean) => void
}

/** One allocator's process. */
interface Member {
  paused: boolean
  dead: boolean
  stepping: boolean
  leases: Leases
  allocator: ReturnType<typeof createAllocator>
}

/** Allocators, linearizable stores, a clock and a network, of which each command moves one. */
class World {
  now = 0
  readonly waiting: Waiting[] = []
  readonly members: Member[] = []
  readonly highest = new Map<number, number>()
  /** Numbers that were not above all earlier ones. */
  readonly falls: string[] = []
  given = 0
  private readonly rows = new Map<string, Stored<unknown>>()
  private version = 0
  private runs = 0

  private gate(by: Member): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ by, go: (lost) => (lost ? reject(new Error("lost")) : resolve()) })
    })
  }

  private store<V>(name: string, by: Member, complete: (value: object) => V): Store<number, V, object> {
    const find = (key: number) => (this.rows.get(`${name} ${key}`) as Stored<V> | undefined) ?? null
    const through = async <T>(run: () => T): Promise<T> => {
      await this.gate(by)
      const result = run()
      await this.gate(by)
      return result
    }
    return {
      get: (key) => through(() => find(key)),
      getMany: (keys) => through(() => keys.map(find)),
      put: (key, value, ifVersion) =>
        through(() => {
          if ((find(key)?.version ?? 0) !== ifVersion) return null
          this.rows.set(`${name} ${key}`, { value: complete(value), version: ++this.version })
          return this.version
        }),
      delete: async () => undefined,
    }
  }

  start(): void {
    const member = { paused: false, dead: false, stepping: false } as Member
    const leases: LeaseStore = this.store<Lease>("leases", member, (value) => {
      const empty = { owner: "", target: "", term: 0, seconds: 0, beat: 0 }
      return { ...empty, ...value }
    })
    const sections: SectionStore = this.store<Section>("sections", member, (value) => ({ max: 0, term: 0, ...value }))
    const log = { info: () => undefined, warn: () => undefined }
    const now = (): number => this.now
    member.leases = new Leases({ leases, sections, run: `run ${++this.runs}`, target: "", log, now })
    member.allocator = createAllocator({ leases: member.leases, mostBytes: 20_000, count: () => undefined, now })
    this.members.push(member)
  }

  step(member: Member): void {
    if (member.stepping) return
    member.stepping = true
    const over = (): void => {
      member.allocator.forget()
      member.stepping = false
    }
    member.leases.step().then(over, over)
  }

  /** A reply that comes is compared with every reply before. */
  allocate(member: Member, count: number): void {
    const request = { uids: UIDS.slice(0, 1 + (count % UIDS.length)), counts: [], routes: 0 }
    const counts = request.uids.map(() => count)
    const call = { remainingMs: 1_500 }
    member.allocator.allocate({ ...request, counts }, call).then(
      ({ lasts = [] }) => {
        if (member.dead) return
        for (const [index, last] of lasts.entries()) {
          const uid = request.uids[index] as number
          this.given++
          if (last - count < (this.highest.get(uid) ?? 0))
            this.falls.push(`${uid}: ${last} after ${this.highest.get(uid)}`)
          this.highest.set(uid, last)
        }
      },
      () => undefined,
    )
  }

  /** Lets what waits go on, in any order; what a dead one sent may still arrive, what one that stands still is told waits. */
  release(pick: number, lost: boolean): boolean {
    const able = this.waiting.filter(({ by }) => !by.paused)
    const one = able[pick % Math.max(1, able.length)]
    if (one === undefined) return false
    this.waiting.splice(this.waiting.indexOf(one), 1)
    one.go(lost)
    return true
  }
}

const member = fc.nat(2)
const command = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      do: fc.constant("release"),
      pick: fc.nat(50),
      lost: fc.nat(30),
      times: fc.constantFrom(1, 5, 60, 400, 400, 400),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.constantFrom(50, 250, 700, 1_500, 3_000, 5_000) }),
  },
  { weight: 20, arbitrary: fc.record({ do: fc.constant("step"), member }) },
  {
    weight: 20,
    arbitrary: fc.record({ do: fc.constant("allocate"), member, count: fc.constantFrom(1, 2, 3, 4_999, 12_000) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("pause", "resume", "resume", "kill"), member }) },
)
type Command = {
  do: string
  member?: number
  pick?: number
  lost?: number
  times?: number
  ms?: number
  count?: number
}

async function runCommand(world: World, one: Command): Promise<void> {
  const at = world.members[one.member ?? 0] as Member
  if (one.do === "wait") world.now += one.ms ?? 0
  else if (one.do === "pause") at.paused = true
  else if (one.do === "resume") at.paused = false
  else if (one.do === "kill") {
    at.dead = true
    at.paused = false
    world.start()
    world.members[one.member ?? 0] = world.members.pop() as Member
  } else if (one.do === "release") {
    for (let time = 0; time < (one.times ?? 1); time++) {
      if (!world.release((one.pick ?? 0) + time, one.lost === time)) break
      await turn()
    }
  } else if (!at.paused && one.do === "step") world.step(at)
  else if (!at.paused) world.allocate(at, one.count ?? 1)
}

it("numbers rise over all replies, whatever stands still, dies, is late or lost", async () => {
  let given = 0
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 100, maxLength: 250 }), async (commands) => {
      const world = new World()
      for (let index = 0; index < 3; index++) world.start()
      for (const one of commands) {
        await runCommand(world, one)
        await turn()
      }
      expect(world.falls).toEqual([])
      given += world.given
    }),
    { numRuns: Number(process.env.LEASES_RUNS ?? 150) },
  )
  expect(given).toBeGreaterThan(100)
})

it("an allocator that is alone has all shares after one step, and gives from several sections", async () => {
  const world = new World()
  world.start()
  const [only] = world.members as [Member]
  world.step(only)
  for (let time = 0; time < 400 && only.stepping; time++) {
    world.release(0, false)
    await turn()
  }
  expect(only.leases.owned.size).toBe(SHARES)
  world.allocate(only, 4_999)
  for (let time = 0; time < 100; time++) {
    world.release(0, false)
    await turn()
  }
  expect(world.given).toBe(5)
})
