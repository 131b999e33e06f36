/** Puts together what alarms become: looks go into the book, its incidents are looked into and told. */
import type { Alarm, ChannelKind } from "@ossagent/wire"
import type { Kysely } from "kysely"
import type { Logger } from "pino"
import { type Book, createBook } from "../alarm/book.ts"
import type { Database } from "../database/types.ts"
import { type Acts, createActs } from "./act.ts"
import { type InvestigateDeps, investigate } from "./investigate.ts"
import { type Running, runTeller } from "./run.ts"
import { createTeller } from "./tell.ts"

export interface IncidentsDeps {
  db: Kysely<Database>
  builtIn: () => ReadonlySet<ChannelKind>
  findCulprit: InvestigateDeps["findCulprit"]
  now: () => number
  /** Told after the commit: ids of messages that go out now. */
  onOutbox: (ids: string[]) => void
  /** Told after the commit: alarms whose state, silence or figures changed. */
  onChanged: (alarms: Alarm[]) => void
  log: Logger
}

export interface Incidents {
  book: Book
  acts: Acts
  /** Begins to tell people; before that everything is kept and waits. */
  start: () => Running
}

/** How often it is looked whether something is due, besides at once after each change. */
const TURN_MS = 500

export function createIncidents(deps: IncidentsDeps): Incidents {
  let running: Running | null = null
  const onDue = () => running?.wake(Date.now())
  const book = createBook({
    ...deps,
    onIncidents: ({ opened }) => {
      for (const id of opened) void investigate(deps, id).finally(onDue)
      onDue()
    },
  })
  const acts = createActs({ ...deps, onIncidents: onDue })
  return {
    book,
    acts,
    start: () => {
      running = runTeller({ teller: createTeller(deps), everyMs: TURN_MS, log: deps.log })
      return running
    },
  }
}
