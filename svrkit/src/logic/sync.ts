import type { LogicPlan, LogicReport } from "@ossagent/wire"
import { plansSchema } from "./plan-file.ts"

const TIMEOUT_MS = 3_000

/** Tells the alerting service what runs here; answers what is to run. Throws when nobody answers, or not with plans. */
export async function askPlans(
  { url, token }: { url: string; token: string },
  report: LogicReport,
): Promise<LogicPlan[]> {
  const response = await fetch(new URL("/v1/logic/report", url), {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(report),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`cannot ask for the plan: ${response.status} ${await response.text()}`)
  return plansSchema.parse(await response.json()).plans
}
