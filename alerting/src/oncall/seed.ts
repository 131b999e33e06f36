/** What is there without anybody having set anything up: the addresses of the settings, told of everything by the root route. */
import type { Channel, Contact, Inhibition, Policy, Route, Target } from "@ossagent/wire"
import type { Kysely, Transaction } from "kysely"
import type { Database } from "../database/types.ts"

type Tx = Transaction<Database>

const BY = "built-in"

/**
 * Brings the built-in documents up to date with the settings. What users changed stays; an address that is no longer in the settings
 * goes, unless a user changed that contact.
 *
 * @param emails addresses of the settings
 * @param im whether the settings have an IM: its on-call group is told too
 */
export async function seedOnCall(db: Kysely<Database>, emails: readonly string[], im: boolean): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const contacts: string[] = []
    for (const email of emails) contacts.push(await put(tx, "contact", `contact ${email}`, toContact(email)))
    const targets: Target[] = contacts.map((id) => ({ kind: "contact", id }))
    if (im) targets.push({ kind: "channel", id: await put(tx, "channel", "channel im", IM_GROUP) })
    const policy = await put(tx, "policy", "policy everyone", toPolicy(targets))
    await put(tx, "route", "route root", toRoot(policy))
    await put(tx, "inhibition", "inhibition silent", SILENT_SERVICE)
    await dropOldContacts(tx, contacts)
  })
}

function toContact(email: string): Contact {
  return { name: email, language: "en", timeZone: "UTC", email, preferences: [] }
}

const IM_GROUP: Channel = { name: "On call in the IM", kind: "im", enabled: true, settings: { group: "On call" } }

const toPolicy = (targets: Target[]): Policy => ({
  name: "Everyone",
  steps: [{ afterMin: 0, targets }],
  rounds: 0,
  repeatMin: 240,
  ackMin: 0,
  tellResolved: true,
})

const toRoot = (policyId: string): Route => ({
  name: "Everything",
  matchers: [],
  continue: false,
  policyId,
  groupBy: [],
  groupWaitSec: 1,
  children: [],
})

const SILENT_SERVICE: Inhibition = {
  name: "What a silent service does is no news",
  source: [{ dim: "detection", op: "in", values: ["absence"] }],
  target: [{ dim: "detection", op: "notIn", values: ["absence"] }],
  equal: ["service", "subsystem"],
}

/** Writes a built-in document where there is none, or where nobody but this changed it. Returns its id. */
async function put(
  tx: Tx,
  kind: "contact" | "channel" | "policy" | "route" | "inhibition",
  key: string,
  body: Contact | Channel | Policy | Route | Inhibition,
): Promise<string> {
  const row = await tx
    .insertInto("oncall")
    .values({ kind, built_in: key, body: JSON.stringify(body), updated_by: BY })
    .onConflict((conflict) =>
      conflict
        .column("built_in")
        .doUpdateSet({ body: JSON.stringify(body) })
        .where("oncall.updated_by", "=", BY),
    )
    .returning("id")
    .executeTakeFirst()
  if (row) return row.id
  const kept = await tx.selectFrom("oncall").select("id").where("built_in", "=", key).executeTakeFirstOrThrow()
  return kept.id
}

async function dropOldContacts(tx: Tx, kept: readonly string[]): Promise<void> {
  const named = await tx.selectFrom("oncall").select("body").where("kind", "in", ["policy", "schedule"]).execute()
  const text = JSON.stringify(named)
  const old = await tx
    .selectFrom("oncall")
    .select("id")
    .where("kind", "=", "contact")
    .where("built_in", "is not", null)
    .where("updated_by", "=", BY)
    .where("id", "not in", kept.length > 0 ? [...kept] : ["0"])
    .execute()
  const unnamed = old.map(({ id }) => id).filter((id) => !text.includes(`"${id}"`))
  if (unnamed.length > 0) await tx.deleteFrom("oncall").where("id", "in", unnamed).execute()
}
