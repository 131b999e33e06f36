import type { z } from "zod"
import { ServiceError } from "./errors.ts"

/** The value in its stated form, or a `bad_request` that names the first fault and its place within `where`. */
export function parse<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0] as z.core.$ZodIssue
  const place = [where, ...issue.path.map(String)].join(".")
  throw new ServiceError("bad_request", `cannot read ${place}: ${issue.message}`, { where: place })
}
