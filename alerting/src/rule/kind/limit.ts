import type { NewRule } from "@ossagent/wire"
import type { Verdict } from "../../alarm/decide.ts"

export interface ThresholdJudgement {
  verdict: Verdict
  /** 0–1: 0.5 at the threshold. */
  score: number
  lower: number | null
  upper: number | null
}

/** Compares a value with the threshold; between the threshold and the clear value it is neither bad nor good. */
export function judgeThreshold(
  value: number,
  { op, value: limit, clear }: NonNullable<NewRule["threshold"]>,
): ThresholdJudgement {
  const over = op === ">" ? value > limit : value < limit
  const good = clear === undefined ? !over : op === ">" ? value <= clear : value >= clear
  return {
    verdict: over ? "bad" : good ? "good" : "between",
    score: toScore(op === ">" ? value - limit : limit - value, Math.abs(limit)),
    lower: op === "<" ? limit : null,
    upper: op === ">" ? limit : null,
  }
}

const toScore = (excess: number, scale: number): number => 1 / (1 + Math.exp(-excess / (scale / 4 || 1)))
