import { type ErrorTable, ServiceError } from "@ossagent/svrkit"
import { isAway } from "@ossagent/svrkit/postgres"

/** Errors that only this service answers with. */
export const ERRORS = {
  unknown_alarm: [404, "There is no such alarm."],
  unknown_rule: [404, "There is no such rule."],
  unknown_silence: [404, "There is no such silence."],
  unknown_incident: [404, "There is no such incident."],
  unknown_document: [
    404,
    "There is no such contact, schedule, policy, route, inhibition, maintenance, channel or template.",
  ],
  in_use: [409, "Another document names this one: change that first."],
  unknown_channel: [404, "There is no such channel."],
  unknown_mail: [404, "There is no such mail; old ones are removed."],
  unknown_release: [404, "There is no such release."],
  unknown_module: [404, "No service has reported that it has this module of logic."],
  unknown_version: [422, "The module has no such version, or it is the one that runs."],
  release_running: [409, "The module has a release under way: abort it, or wait for its end."],
  not_running: [409, "The release has ended."],
  other_service: [409, "Another service has a module of this name: names of modules are unique."],
  cannot_replay: [422, "The rule cannot be replayed over this time; the message says why."],
  not_open: [409, "The alarm's state does not allow this."],
  built_in: [409, "What comes with the product can be changed and switched off, not removed."],
} as const satisfies ErrorTable

/** A first start: the door is open before the tables are there. */
const isUnmade = (error: unknown): boolean => ["42P01", "3F000"].includes((error as { code?: string }).code ?? "")

/** Translates faults of PostgreSQL at the door; everything else flies on. */
export function toServiceError(error: unknown): unknown {
  if (isUnmade(error))
    return new ServiceError("unavailable", "cannot answer yet: the schema is being made", {
      retryAfterSec: 2,
      cause: error,
    })
  if (!isAway(error)) return error
  return new ServiceError("unavailable", "cannot reach the database: try again", { retryAfterSec: 2, cause: error })
}
