import { ServiceError } from "@ossagent/svrkit"
import type { NewRule, Rule } from "@ossagent/wire"
import type { Kysely, Selectable } from "kysely"
import type { Actor } from "../alarm/write.ts"
import { writeAudit } from "../alarm/write.ts"
import type { Database } from "../database/types.ts"
import { BUILT_IN, type BuiltIn } from "./builtin.ts"

/** A rule as the watchers use it: `key` tells a built-in one that has a meaning of its own (absence, collector, history). */
export type KnownRule = Rule & { key: BuiltIn | null }

export interface RuleStore {
  list: () => Promise<KnownRule[]>
  create: (rule: NewRule, actor: Actor) => Promise<Rule>
  change: (id: string, rule: NewRule, actor: Actor) => Promise<Rule>
  remove: (id: string, actor: Actor) => Promise<Rule>
}

/** Adds built-in rules that this database does not have yet; what users changed in them stays. */
export async function seedRules(db: Kysely<Database>): Promise<void> {
  const rows = Object.entries(BUILT_IN).map(([key, rule]) => ({
    built_in: key,
    body: JSON.stringify(rule),
    updated_by: "built-in",
  }))
  await db
    .insertInto("rule")
    .values(rows)
    .onConflict((conflict) => conflict.column("built_in").doNothing())
    .execute()
}

export function createRuleStore(db: Kysely<Database>, now: () => number): RuleStore {
  return {
    list: async () => (await db.selectFrom("rule").selectAll().orderBy("id").execute()).map(toRule),
    create: (rule, actor) =>
      db.transaction().execute(async (tx) => {
        const row = await tx
          .insertInto("rule")
          .values({ body: JSON.stringify(rule), updated_by: actor.name, updated_at: new Date(now()) })
          .returningAll()
          .executeTakeFirstOrThrow()
        await writeAudit(tx, { actor: actor.name, action: "rule created", detail: describe(row.id, rule), at: now() })
        return toContract(toRule(row))
      }),
    change: (id, rule, actor) =>
      db.transaction().execute(async (tx) => {
        const before = await readForChange(tx, id)
        if (before.built_in !== null && rule.detection !== before.body.detection)
          throw new ServiceError("built_in", `cannot change the detection of the built-in rule ${before.body.name}`)
        const row = await tx
          .updateTable("rule")
          .set({ body: JSON.stringify(rule), updated_by: actor.name, updated_at: new Date(now()) })
          .where("id", "=", id)
          .returningAll()
          .executeTakeFirstOrThrow()
        const detail = `${describe(id, rule)}, before ${JSON.stringify(before.body)}`
        await writeAudit(tx, { actor: actor.name, action: "rule changed", detail, at: now() })
        return toContract(toRule(row))
      }),
    remove: (id, actor) =>
      db.transaction().execute(async (tx) => {
        const before = await readForChange(tx, id)
        if (before.built_in !== null)
          throw new ServiceError(
            "built_in",
            `cannot remove the built-in rule ${before.body.name}: switch it off instead`,
          )
        await tx.deleteFrom("rule").where("id", "=", id).execute()
        const detail = describe(id, before.body)
        await writeAudit(tx, { actor: actor.name, action: "rule removed", detail, at: now() })
        return toContract(toRule(before))
      }),
  }
}

type RuleRow = Selectable<Database["rule"]>

async function readForChange(tx: Kysely<Database>, id: string): Promise<RuleRow> {
  const row = await tx.selectFrom("rule").selectAll().where("id", "=", id).forUpdate().executeTakeFirst()
  if (!row) throw new ServiceError("unknown_rule", `cannot find rule ${id}`)
  return row
}

const describe = (id: string, rule: NewRule): string => `rule ${id} ${JSON.stringify(rule)}`

function toRule(row: RuleRow): KnownRule {
  return {
    ...row.body,
    id: row.id,
    builtIn: row.built_in !== null,
    key: row.built_in as BuiltIn | null,
    updatedAt: row.updated_at.getTime(),
    updatedBy: row.updated_by,
  }
}

/** The rule without what only this service needs. */
export function toContract({ key: _, ...rule }: KnownRule): Rule {
  return rule
}
