import type { ChannelKind, Language, MessageKind, Template } from "@ossagent/wire"
import { type Kysely, sql } from "kysely"
import type { Database } from "../database/types.ts"

/** The user's own template of a message, or undefined: the newest where there are several. */
export async function readTemplate(
  db: Kysely<Database>,
  kind: MessageKind,
  channel: ChannelKind,
  language: Language,
): Promise<Template | undefined> {
  const row = await db
    .selectFrom("oncall")
    .select("body")
    .where("kind", "=", "template")
    .where(sql`body->>'message'`, "=", kind)
    .where(sql`body->>'channel'`, "=", channel)
    .where(sql`body->>'language'`, "=", language)
    .orderBy("updated_at", "desc")
    .executeTakeFirst()
  return row?.body as Template | undefined
}
