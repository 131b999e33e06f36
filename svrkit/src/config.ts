import { z } from "zod"

/** One setting of a service: its environment variable, form and meaning. */
export interface Setting<T extends z.ZodType = z.ZodType> {
  env: string
  schema: T
  /** What it is, with unit and default. */
  doc: string
  /** Never printed. */
  secret: boolean
}

export type Settings = Readonly<Record<string, Setting>>
export type ConfigOf<S extends Settings> = Readonly<{ [K in keyof S]: z.output<S[K]["schema"]> }>
export type Environment = Readonly<Record<string, string | undefined>>

export function setting<T extends z.ZodType>(
  env: string,
  schema: T,
  doc: string,
  more: { secret?: boolean } = {},
): Setting<T> {
  return { env, schema, doc, secret: more.secret ?? false }
}

/** All faults of a configuration at once, a line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError"
}

/** Reads the settings from the environment, an empty variable counting as unset. Throws ConfigError that lists every fault. */
export function parseConfig<S extends Settings>(settings: S, env: Environment): ConfigOf<S> {
  const config: Record<string, unknown> = {}
  const faults: string[] = []
  for (const [key, { env: name, schema, secret, doc }] of Object.entries(settings)) {
    const given = env[name] === "" ? undefined : env[name]
    const result = schema.safeParse(given)
    if (result.success) config[key] = result.data
    else {
      const shown = given === undefined ? "unset" : secret ? "a secret" : JSON.stringify(given)
      faults.push(`${name} is ${shown}: ${result.error.issues[0]?.message ?? "not valid"} (${doc})`)
    }
  }
  if (faults.length > 0) throw new ConfigError(`cannot start, the configuration has faults:\n  ${faults.join("\n  ")}`)
  return Object.freeze(config) as ConfigOf<S>
}

/** Help text: each setting with its meaning, for `--help`. */
export function describeSettings(settings: Settings): string {
  return Object.values(settings)
    .map(({ env, doc, secret }) => `  ${env}${secret ? " (secret)" : ""}\n      ${doc}`)
    .join("\n")
}

/** A port; 0 lets the system choose. */
export const port = (standard: number) => z.coerce.number().int().min(0).max(65_535).default(standard)

/** A whole number within bounds. */
export const whole = (standard: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(standard)
