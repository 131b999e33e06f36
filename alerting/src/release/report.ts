import { ServiceError } from "@ossagent/svrkit"
import type { LogicAnswer, LogicPlan, LogicReport } from "@ossagent/wire"
import type { Kysely } from "kysely"
import type { Database } from "../database/types.ts"
import { toRatio } from "./row.ts"

/** Keeps what a process says that it runs, and answers the plan. The first report of a module says which version is current; later only releases do. */
export async function takeReport(db: Kysely<Database>, report: LogicReport, now: number): Promise<LogicAnswer> {
  const at = new Date(now)
  for (const body of report.modules) {
    await db
      .insertInto("logic_module")
      .values({ module: body.module, service: report.service, current: body.current, updated_at: at })
      .onConflict((conflict) => conflict.column("module").doNothing())
      .execute()
  }
  const names = report.modules.map(({ module }) => module)
  const plans = names.length === 0 ? [] : await readPlans(db, names)
  const other = plans.find(({ service }) => service !== report.service)
  if (other)
    throw new ServiceError(
      "other_service",
      `cannot take module ${other.plan.module} of ${report.service}: ${other.service} has one`,
    )
  for (const body of report.modules) {
    await db
      .insertInto("logic_instance")
      .values({ instance: report.instance, module: body.module, at, body: JSON.stringify(body) })
      .onConflict((conflict) =>
        conflict.columns(["instance", "module"]).doUpdateSet({ at, body: JSON.stringify(body) }),
      )
      .execute()
  }
  return { plans: plans.map(({ plan }) => plan) }
}

async function readPlans(
  db: Kysely<Database>,
  names: readonly string[],
): Promise<{ service: string; plan: LogicPlan }[]> {
  const modules = await db.selectFrom("logic_module").selectAll().where("module", "in", names).execute()
  const open = await db
    .selectFrom("release")
    .selectAll()
    .where("module", "in", names)
    .where("ended_at", "is", null)
    .execute()
  return modules.map(({ module, service, current }) => {
    const release = open.find((one) => one.module === module)
    if (release === undefined) return { service, plan: { module, current, release: null } }
    const { id, version, audience } = release
    // Until every process has loaded it, nobody gets it: not even those who are listed.
    const waits = release.state === "waiting"
    const plan = { id, version, ratio: toRatio(release), audience: waits ? { ...audience, users: [] } : audience }
    return { service, plan: { module, current, release: plan } }
  })
}
