import type { BacktestAnswer, NewRule } from "@ossagent/wire"
import type { AlertingDoor } from "./door.ts"

const DAY_MS = 86_400_000

/** Replays each rule over the last days; one line a rule and one for each alarm that would have fired. */
export async function* testRules(door: AlertingDoor, rules: readonly NewRule[], days: number): AsyncGenerator<string> {
  const to = Date.now()
  for (const rule of rules) {
    const question = { rule, from: Math.round(to - days * DAY_MS), to }
    const answer = await door.call<BacktestAnswer>("POST", "/v1/rules/backtest", question)
    yield toSummary(rule, answer)
    for (const { firedAt, title, flapping } of answer.fired)
      yield `  ${new Date(firedAt).toISOString()} ${title}${flapping ? " (flapping)" : ""}`
    if (answer.leftOff > 0) yield `  and ${answer.leftOff} more`
  }
}

function toSummary({ name }: NewRule, { fired, firedPerDay, leftOff, groups, complete, to }: BacktestAnswer): string {
  const part = complete ? "" : `, replayed until ${new Date(to).toISOString()} only`
  return `${name}: fires ${fired.length + leftOff} times, ${Number(firedPerDay.toPrecision(2))} a day, in ${groups} groups${part}`
}
