/**
 * behaviour: what users do, from the table of events; those of the newest seconds come with the next batch. Each question is one file
 * and one statement: `funnel.ts` how far users come, `retention.ts` who comes back, `activity.ts` whether those who did something stay.
 */
import type { EventsAnswer } from "@ossagent/wire"
import type { z } from "zod"
import type { ReportContext } from "../context.ts"
import type { EVENTS } from "../question.ts"

const MOST_NAMES = 500

/** `{service}` empty: all; `{from}` and `{to}`: Unix ms. */
export const IN_TIME = `at >= fromUnixTimestamp64Milli({from:Int64}) AND at < fromUnixTimestamp64Milli({to:Int64})`
export const OF_SERVICE = `({service:String} = '' OR service = {service:String})`

/** The events that there are to ask about. */
export async function events(question: z.output<typeof EVENTS>, context: ReportContext): Promise<EventsAnswer> {
  const { service = "", from, to } = question
  const [names, services] = await Promise.all([
    context.store.rows<EventsAnswer["events"][number]>(
      `SELECT name, count() AS count, uniq(user_id) AS users FROM events WHERE ${IN_TIME} AND ${OF_SERVICE}
       GROUP BY name ORDER BY count DESC, name LIMIT ${MOST_NAMES}`,
      { service, from, to },
      context.signal,
    ),
    context.store.rows<{ service: string }>(
      `SELECT DISTINCT service FROM events WHERE ${IN_TIME} ORDER BY service LIMIT ${MOST_NAMES}`,
      { from, to },
      context.signal,
    ),
  ])
  return { events: names, services: services.map((row) => row.service) }
}
