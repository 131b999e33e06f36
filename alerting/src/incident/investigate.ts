/** Looks for the guilty one of a new incident, outside any transaction; people are told when this is over, or soon without it. */
import type { Alarm, Culprit } from "@ossagent/wire"
import type { Kysely } from "kysely"
import type { Logger } from "pino"
import { toAlarm } from "../alarm/row.ts"
import type { Database } from "../database/types.ts"
import { toEarliest } from "./decide.ts"
import { writeEvents } from "./event.ts"
import { toTitle } from "./suspect.ts"

export interface InvestigateDeps {
  db: Kysely<Database>
  /** Null when nobody is guilty. A fault is no news: the alarm goes out all the same. */
  findCulprit: (alarm: Alarm) => Promise<Culprit | null>
  now: () => number
  log: Logger
}

/** Finds the culprit of an incident and lets people be told. Never throws. */
export async function investigate(deps: InvestigateDeps, id: string): Promise<void> {
  try {
    const row = await deps.db
      .selectFrom("incident")
      .innerJoin("alarm", "alarm.id", "incident.suspect_id")
      .selectAll("alarm")
      .where("incident.id", "=", id)
      .executeTakeFirst()
    const culprit = row ? await search(deps, toAlarm(row)) : null
    await record(deps, id, culprit)
  } catch (error) {
    deps.log.warn({ err: error, incident: id }, "culprit not recorded: people are told without")
  }
}

async function search({ findCulprit, log }: InvestigateDeps, alarm: Alarm): Promise<Culprit | null> {
  try {
    return await findCulprit(alarm)
  } catch (error) {
    log.info({ why: (error as Error).message, alarm: alarm.id }, "no culprit found")
    return null
  }
}

/** What waited for this is due as soon as its policy says. */
function record({ db, now }: InvestigateDeps, id: string, culprit: Culprit | null): Promise<void> {
  return db.transaction().execute(async (tx) => {
    const row = await tx.selectFrom("incident").selectAll().where("id", "=", id).forUpdate().executeTakeFirst()
    if (!row || row.state === "resolved") return
    const suspect = await tx.selectFrom("alarm").select("title").where("id", "=", row.suspect_id).executeTakeFirst()
    const due = row.tellings === 0 ? toEarliest(row.progress.map(({ nextAt }) => nextAt)) : null
    const change = {
      ...(culprit && suspect ? { culprit: JSON.stringify(culprit), title: toTitle(suspect, culprit, row.alarms) } : {}),
      ...(due === null ? {} : { due_at: new Date(due) }),
    }
    if (Object.keys(change).length > 0) await tx.updateTable("incident").set(change).where("id", "=", id).execute()
    if (culprit)
      await writeEvents(tx, [{ incidentId: id, kind: "culprit", actor: "detector", text: culprit.text }], now())
  })
}
