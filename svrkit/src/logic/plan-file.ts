import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import type { LogicPlan } from "@ossagent/wire"
import { z } from "zod"

const audience = z.object({ versions: z.array(z.string()), regions: z.array(z.string()), users: z.array(z.string()) })
const release = z.object({ id: z.string(), version: z.string(), ratio: z.number().min(0).max(1), audience })
/** A plan as it comes in: from the alerting service, or from this disk. */
export const planSchema = z.object({ module: z.string(), current: z.string(), release: release.nullable() })
export const plansSchema = z.object({ plans: z.array(planSchema) })

/** The plans that were in force last; none where there is no file, or one that cannot be read. */
export async function readPlans(path: string): Promise<LogicPlan[]> {
  try {
    return plansSchema.parse(JSON.parse(await readFile(path, "utf8"))).plans
  } catch {
    return []
  }
}

/** Whole or not at all. */
export async function writePlans(path: string, plans: readonly LogicPlan[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, JSON.stringify({ plans }))
  await rename(`${path}.new`, path)
}
