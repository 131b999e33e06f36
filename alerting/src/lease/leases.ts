/**
 * What one process at a time does, shared among all that run. By the clock of the database for who may take one, by the monotonic clock
 * of this process for how long it may trust that it has it: a process that was asleep finds out by itself.
 */
import { type Kysely, sql, type Transaction } from "kysely"
import type { Logger } from "pino"
import type { Database } from "../database/types.ts"

type Tx = Transaction<Database>

export interface LeaseDeps {
  db: Kysely<Database>
  /** Unique for each process. */
  holder: string
  names: readonly string[]
  /** After so long without a sign of life others take over. */
  ttlMs: number
  log: Logger
  /** Called before this process begins with something; a fault gives it back. */
  onGained: (name: string) => Promise<void>
}

export interface Leases {
  holds: (name: string) => boolean
  /** Takes, renews and gives back. */
  turn: () => Promise<void>
  /** Gives everything back, so that others need not wait. */
  stop: () => Promise<void>
}

const ALIVE = "alive "

export function createLeases(deps: LeaseDeps): Leases {
  const held = new Set<string>()
  let trustedUntil = 0
  const isTrusted = () => performance.now() < trustedUntil
  const lose = (name: string, why: string) => {
    if (held.delete(name)) deps.log.info({ lease: name, why }, "another process may do this now")
  }
  const gain = async (name: string) => {
    try {
      await deps.onGained(name)
      held.add(name)
      deps.log.info({ lease: name }, "this process does this now")
    } catch (error) {
      deps.log.warn({ err: error, lease: name }, "cannot begin with this: given back")
      await release(deps, [name])
    }
  }
  return {
    holds: (name) => held.has(name) && isTrusted(),
    turn: async () => {
      const asked = performance.now()
      if (!isTrusted()) for (const name of [...held]) lose(name, "this process was asleep or its database away")
      const { mine, spare } = await deps.db.transaction().execute((tx) => share(tx, deps, [...held]))
      trustedUntil = asked + deps.ttlMs
      for (const name of [...held]) if (!mine.includes(name)) lose(name, "another process has it")
      for (const name of spare) lose(name, "another process takes its share")
      if (spare.length > 0) await release(deps, spare)
      for (const name of mine) if (!held.has(name) && !spare.includes(name)) await gain(name)
    },
    stop: async () => {
      held.clear()
      await release(deps, [...deps.names, `${ALIVE}${deps.holder}`])
    },
  }
}

/** Renews what this process has, and takes what is free up to its share. */
async function share(tx: Tx, { holder, names, ttlMs }: LeaseDeps, held: readonly string[]) {
  const until = sql<Date>`now() + ${ttlMs} * interval '1 millisecond'`
  await sql`
    INSERT INTO lease (name, holder, until) VALUES (${ALIVE + holder}, ${holder}, ${until})
    ON CONFLICT (name) DO UPDATE SET until = ${until}`.execute(tx)
  await sql`DELETE FROM lease WHERE name LIKE ${`${ALIVE}%`} AND until < now()`.execute(tx)
  const alive = await tx
    .selectFrom("lease")
    .select(({ fn }) => fn.countAll<string>().as("count"))
    .where("name", "like", `${ALIVE}%`)
    .executeTakeFirstOrThrow()
  const fair = Math.ceil(names.length / Number(alive.count))
  const renewed = await sql<{ name: string }>`
    UPDATE lease SET until = ${until} WHERE holder = ${holder} AND name = ANY(${[...names]}) RETURNING name`.execute(tx)
  const mine = renewed.rows.map(({ name }) => name)
  for (const name of names) {
    if (mine.length >= fair) break
    if (mine.includes(name)) continue
    const taken = await sql<{ name: string }>`
      INSERT INTO lease AS l (name, holder, until) VALUES (${name}, ${holder}, ${until})
      ON CONFLICT (name) DO UPDATE SET holder = ${holder}, until = ${until} WHERE l.until < now() RETURNING name`.execute(
      tx,
    )
    mine.push(...taken.rows.map((row) => row.name))
  }
  return { mine, spare: mine.filter((name) => held.includes(name)).slice(fair) }
}

async function release({ db, holder }: Pick<LeaseDeps, "db" | "holder">, names: readonly string[]): Promise<void> {
  await db
    .deleteFrom("lease")
    .where("holder", "=", holder)
    .where("name", "in", [...names])
    .execute()
}
