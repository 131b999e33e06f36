import { parse, ServiceError } from "@ossagent/svrkit"
import type { BacktestAnswer, BacktestQuestion } from "@ossagent/wire"
import type { FastifyInstance } from "fastify"
import { z } from "zod"
import { ruleSchema } from "../rule/schema.ts"
import type { DoorDeps } from "./door.ts"
import { READ } from "./request.ts"

const LONGEST_MS = 35 * 86_400_000
/** Replays at once: the live watch comes first. */
const MOST_AT_ONCE = 2

const time = z.number().int().min(0).max(4e12)
const question = z
  .strictObject({ rule: ruleSchema, from: time, to: time })
  .refine(({ from, to }) => to > from, { path: ["to"], message: "must be after from" })
  .refine(({ from, to }) => to - from <= LONGEST_MS, { path: ["from"], message: "must be at most 35 days before to" })

/** What a rule would have done; nothing is changed, so viewers may ask. */
export function addBacktestRoute(http: FastifyInstance, { backtest }: Pick<DoorDeps, "backtest">): void {
  let running = 0
  http.post("/v1/rules/backtest", READ, async (request): Promise<BacktestAnswer> => {
    const asked = parse(question, request.body, "body") as BacktestQuestion
    if (running >= MOST_AT_ONCE)
      throw new ServiceError("too_many_requests", `cannot replay the rule: ${MOST_AT_ONCE} replays run already`, {
        retryAfterSec: 10,
      })
    running++
    try {
      return await backtest(asked)
    } finally {
      running--
    }
  })
}
