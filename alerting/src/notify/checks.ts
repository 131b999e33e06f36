/** What is judged when documents are saved: channels by their kind, templates by their kind of message. */
import { ServiceError } from "@ossagent/svrkit"
import type { Channel, Template } from "@ossagent/wire"
import { checkChannel } from "./channel/schema.ts"
import { checkTemplate } from "./text/check.ts"

const MOST_SAID = 5

/** Throw ServiceError with every fault in words, where it is, and of templates the line and column. */
export const CHECKS = {
  /** @param secrets those that will hold after the change */
  checkChannel: (channel: Channel, secrets: Record<string, string>): void =>
    refuse(
      `save the channel ${channel.name}`,
      checkChannel(channel, secrets).map(({ path, message }) => `${path}: ${message}`),
    ),
  checkTemplate: (template: Template): void =>
    refuse(
      `save the template ${template.name}`,
      checkTemplate(template).map(({ field, line, column, message }) =>
        line > 0 ? `${field}, line ${line}, column ${column}: ${message}` : `${field}: ${message}`,
      ),
    ),
}

function refuse(what: string, flaws: readonly string[]): void {
  if (flaws.length === 0) return
  const more = flaws.length > MOST_SAID ? `; and ${flaws.length - MOST_SAID} more` : ""
  throw new ServiceError("bad_request", `cannot ${what}: ${flaws.slice(0, MOST_SAID).join("; ")}${more}`, {
    where: flaws[0]?.split(/[:,]/, 1)[0] ?? "",
  })
}
