import type { Channel, Contact } from "@ossagent/wire"
import { type Kysely, sql } from "kysely"
import type { Database } from "../../database/types.ts"
import { CHANNEL_SCHEMAS } from "../channel/schema.ts"
import type { Circle } from "./people.ts"

/** What the alarm account knows from the database. */
export interface ImStore {
  readCircle: () => Promise<Circle>
  /** Name of the contact who is called so in the IM; null: none. */
  readName: (imUser: string) => Promise<string | null>
  /** The incident that was last told to a person, or (null) to the group. */
  readLastTold: (imUser: string | null) => Promise<string | null>
  /** True for one process only, once a reply: the account is logged in from each. */
  claimReply: (chat: number, seq: number) => Promise<boolean>
}

const KEEP_DAYS = 2

export function createImStore(db: Kysely<Database>): ImStore {
  return {
    readCircle: async () => {
      const names = (await readContacts(db)).flatMap(({ im }) => (im ? [im] : []))
      const row = await db
        .selectFrom("oncall")
        .select("body")
        .where("kind", "=", "channel")
        .where(sql`body->>'kind'`, "=", "im")
        .orderBy("id")
        .executeTakeFirst()
      const settings = (row?.body as Channel | undefined)?.settings ?? {}
      const { group, members } =
        CHANNEL_SCHEMAS.im.settings.safeParse(settings).data ?? CHANNEL_SCHEMAS.im.settings.parse({})
      const listed = members.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]))
      return { group, members: [...new Set(listed.length > 0 ? listed : names)] }
    },
    readName: async (imUser) => (await readContacts(db)).find(({ im }) => im === imUser)?.name ?? null,
    readLastTold: async (imUser) => {
      const told = db
        .selectFrom("outbox")
        .select("incident_id")
        .where("channel", "=", "im")
        .where("incident_id", "is not", null)
        .where("state", "in", ["sent", "delivered"])
      const to = imUser === null ? told.where("contact_id", "is", null) : told.where("recipient", "=", imUser)
      return (await to.orderBy("id", "desc").limit(1).executeTakeFirst())?.incident_id ?? null
    },
    claimReply: async (chat, seq) => {
      await sql`DELETE FROM im_reply WHERE at < now() - ${KEEP_DAYS} * interval '1 day'`.execute(db)
      const claimed =
        await sql`INSERT INTO im_reply (chat, seq) VALUES (${chat}, ${seq}) ON CONFLICT DO NOTHING RETURNING seq`.execute(
          db,
        )
      return claimed.rows.length > 0
    },
  }
}

async function readContacts(db: Kysely<Database>): Promise<Contact[]> {
  const rows = await db.selectFrom("oncall").select("body").where("kind", "=", "contact").orderBy("id").execute()
  return rows.map(({ body }) => body as Contact)
}
