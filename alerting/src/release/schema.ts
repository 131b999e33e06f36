import { LIMITS } from "@ossagent/wire"
import { z } from "zod"

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be letters, digits, . _ -, at most 64")
const value = z.string().min(1).max(LIMITS.value)
const values = z.array(value).max(1_000).default([])
const why = z.string().transform((text) => text.slice(0, 1_000))

const running = z.object({
  version: z.string().max(200),
  state: z.enum(["loading", "ready", "draining", "put_out", "failed"]),
  why,
  release: z.string().max(32).nullable(),
  heapBytes: z.number().min(0),
  calls: z.number().int().min(0),
})

/** What a process with logic says; what it may be told anew in later versions is let through. */
export const reportSchema = z.object({
  service: value,
  instance: value,
  modules: z
    .array(
      z.object({ module: name, current: name, found: z.array(name).max(1_000), versions: z.array(running).max(100) }),
    )
    .max(100),
})

const STANDARD_STEPS = [0.01, 0.05, 0.2, 1]
const isRising = (steps: readonly number[]): boolean =>
  steps.every((step, i) => i === 0 || step > (steps[i - 1] as number))

/** A release as a person may ask for it; unknown fields are refused so that a misspelt one is noticed. */
export const releaseSchema = z
  .strictObject({
    module: name,
    version: name,
    steps: z.array(z.number().gt(0).max(1)).min(1).max(20).refine(isRising, "must rise").default(STANDARD_STEPS),
    audience: z.strictObject({ versions: values, regions: values, users: values }).prefault({}),
    experiment: z.boolean().default(false),
    stepSec: z.number().int().min(5).max(86_400).default(300),
    minSamples: z.number().int().min(1).max(100_000_000).default(2_000),
  })
  .superRefine(({ steps, experiment }, check) => {
    if (experiment && (steps.length !== 1 || (steps[0] as number) >= 1))
      check.addIssue({ code: "custom", path: ["steps"], message: "an experiment has one, below 1" })
    if (!experiment && steps.at(-1) !== 1)
      check.addIssue({ code: "custom", path: ["steps"], message: "must end with 1, or it never is done" })
  })

export const listSchema = z.object({
  module: name.optional(),
  service: value.optional(),
  experiment: z.stringbool().optional(),
})

export const marksSchema = z.object({ from: z.coerce.number().int().min(0), to: z.coerce.number().int().min(0) })
