import type { AgentOptions } from "./options.ts"

/** The variables by which `@ossagent/agent/register` is told what it works for. */
export const VARIABLES = {
  OSSAGENT_SERVICE: "what runs here; needed",
  OSSAGENT_COLLECTOR: "address of the collector; needed",
  OSSAGENT_KEY: "ingest key; needed",
  OSSAGENT_SUBSYSTEM: "which part of the service; default main",
  OSSAGENT_VERSION: "of the service; default 0",
  OSSAGENT_HOST_NAME: "default: the machine's name",
  OSSAGENT_SPOOL_DIR: "directory for points while the collector is away; off: none",
  OSSAGENT_FLUSH_MS: "between flushes, in ms; default 1000",
} as const

type Environment = Readonly<Partial<Record<string, string>>>

/** Options from the environment. Throws TypeError that names every needed variable that is missing. */
export function parseEnvironment(env: Environment): AgentOptions {
  const read = (name: keyof typeof VARIABLES): string | undefined => env[name] || undefined
  const needed = ["OSSAGENT_SERVICE", "OSSAGENT_COLLECTOR", "OSSAGENT_KEY"] as const
  const missing = needed.filter((name) => read(name) === undefined)
  if (missing.length > 0) throw new TypeError(`${missing.join(", ")} not set`)
  const [spool, flushMs] = [read("OSSAGENT_SPOOL_DIR"), read("OSSAGENT_FLUSH_MS")]
  return {
    service: read("OSSAGENT_SERVICE") as string,
    collector: read("OSSAGENT_COLLECTOR") as string,
    key: read("OSSAGENT_KEY") as string,
    subsystem: read("OSSAGENT_SUBSYSTEM"),
    version: read("OSSAGENT_VERSION"),
    host: read("OSSAGENT_HOST_NAME"),
    spool: spool === "off" ? false : spool,
    flushMs: flushMs === undefined ? undefined : Number(flushMs),
  }
}

/** This process's own. */
export const readEnvironment = (): Environment => process.env
