import type { Rule } from "@ossagent/wire"
import { type Batch, type Condition, toCondition } from "../alarm/condition.ts"
import type { Verdict } from "../alarm/decide.ts"
import type { AbsenceAnswer, Present } from "../detect/absence.ts"
import type { CollectorState } from "../detect/collector.ts"
import { formatSeconds } from "../picture/units.ts"
import { toPlace } from "./place.ts"

/** Who is silent is bad, who reports is good, and who cannot be judged yet stays as it is. */
export function toAbsenceBatch(rule: Rule, { silent, alive, unsure }: AbsenceAnswer, at: number): Batch {
  const toOne = (present: Present, verdict: Verdict, why: string) => toPresence(rule, { present, verdict, why, at })
  return {
    ruleIds: [rule.id],
    rules: [rule],
    at,
    conditions: [
      ...silent.map(({ present }) => toOne(present, "bad", toSilence(rule, present, at))),
      ...alive.map((present) => toOne(present, "good", "it reports again")),
      ...unsure.map((present) => toOne(present, "between", "not watched for long enough")),
    ],
  }
}

function toSilence(rule: Rule, { lastAt, runStart }: Present, at: number): string {
  const what = rule.metric === "" ? "nothing" : `no ${rule.metric}`
  const ran = formatSeconds((lastAt - runStart) / 1000)
  return `${what} came for ${formatSeconds((at - lastAt) / 1000)}, after a run of ${ran}; ${rule.absenceSec} s are allowed`
}

interface Look {
  present: Present
  verdict: Verdict
  why: string
  at: number
}

function toPresence(rule: Rule, { present, verdict, why, at }: Look): Condition {
  const { group, lastAt } = present
  const what = rule.metric === "" ? "nothing" : `no ${rule.metric}`
  return toCondition({
    rule,
    verdict,
    why,
    title: `${toPlace(group)} has sent ${what} for ${formatSeconds((at - lastAt) / 1000)}`,
    metric: rule.metric,
    stat: rule.stat,
    unit: "",
    group,
    value: null,
    score: verdict === "bad" ? 1 : 0,
    since: lastAt,
  })
}

/** The one alarm for everything that cannot be known while the collector is away. */
export function toCollectorBatch(rule: Rule, state: CollectorState, at: number): Batch {
  const bad = !state.usable && state.forSec >= (rule.absenceSec ?? 20)
  const verdict: Verdict = bad ? "bad" : state.usable ? "good" : "between"
  const forSec = state.usable ? 0 : state.forSec
  const title = `The collector ${state.usable ? "answers" : state.why} for ${formatSeconds(forSec)}: nothing can be watched`
  const condition = toCondition({
    rule,
    verdict,
    why: state.usable
      ? "the collector answers with fresh data"
      : `the collector ${state.why} (${formatSeconds(forSec)})`,
    title,
    metric: "",
    stat: rule.stat,
    unit: "",
    group: {},
    value: null,
    score: bad ? 1 : 0,
    since: at - forSec * 1000,
  })
  return { ruleIds: [rule.id], rules: [rule], conditions: [condition], at }
}
