import { findDisagreement } from "./agree.ts"
import { findFalls } from "./falls.ts"
import { toGround } from "./ground.ts"
import type { Fault, History } from "./history.ts"
import { findInvented } from "./invented.ts"
import { findLost } from "./lost.ts"
import { findDisorder } from "./order.ts"
import { findRefused } from "./refused.ts"
import { findSkipped } from "./skipped.ts"
import { findTwice } from "./twice.ts"

const CHECKS = [findLost, findTwice, findDisorder, findSkipped, findDisagreement, findFalls, findInvented, findRefused]

/** Every promise that the history breaks; none: it holds. */
export function judge(history: History): Fault[] {
  const ground = toGround(history)
  return CHECKS.flatMap((check) => check(ground))
}
