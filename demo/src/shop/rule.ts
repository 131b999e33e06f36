import type { NewRule, Rule } from "@ossagent/wire"
import type { Ask } from "../door.ts"
import { SERVICE } from "../names.ts"

/**
 * What somebody who runs a shop would set up. The detector watches too, but learns in minutes, of which a day of the demo has five; this one
 * looks at ten seconds.
 */
const RULE: NewRule = {
  ...{ name: "Demo: paying is slow", enabled: true, severity: "critical", detection: "threshold" },
  ...{ metric: "shop.pay.call", stat: "p95", split: ["service", "subsystem"] },
  filters: [{ dim: "service", op: "in", values: [SERVICE] }],
  ...{ windowSec: 10, forSec: 0, keepFiringSec: 10, threshold: { op: ">", value: 250, clear: 150 } },
}

export async function addRule(alerting: Ask): Promise<void> {
  await removeRules(alerting) // of a day that was cut off
  await alerting("POST", "/v1/rules", RULE)
}

/** Their alarms are closed with them. Answers how many there were. */
export async function removeRules(alerting: Ask): Promise<number> {
  const { rules } = await alerting<{ rules: Rule[] }>("GET", "/v1/rules")
  const own = rules.filter(({ name }) => name === RULE.name)
  for (const { id } of own) await alerting("DELETE", `/v1/rules/${id}`)
  return own.length
}
