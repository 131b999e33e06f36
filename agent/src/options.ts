import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { type Labels, LIMITS } from "@ossagent/wire"
import type { Dims } from "./instrument/cell.ts"
import { cleanText } from "./instrument/family.ts"

export interface AgentOptions {
  /** What runs here. Named like a package, for years. */
  service: string
  /** Which part of it; default `main`. A handle may name another. */
  subsystem?: string
  /** Of the service; a handle may name its client's instead. */
  version?: string
  /** Default: the machine's name. */
  host?: string
  /** Address of the collector's door, e.g. `http://127.0.0.1:7071`. */
  collector: string
  /** Ingest key. */
  key: string
  /** Between flushes, in ms: 1,000 by default, at least 100. */
  flushMs?: number
  /** Directory of the disk spool; default: a private one under the system's temporary directory; `false`: none. */
  spool?: string | false
  /** Bytes of the spool at most; default 64 MiB. */
  spoolBytes?: number
  /** Bytes of unacknowledged frames in memory at most; default 4 MiB. */
  memoryBytes?: number
  /** Labels of every series. */
  labels?: Dims
  /** Built-in points of process, event loop, GC, heap and HTTP; default true. */
  builtIn?: boolean
  /** Built-in points of served HTTP requests; default true. `false` where a framework records them itself. */
  httpServer?: boolean
  /** Reports what nobody catches in the process, which then ends, or goes on, as ever; default: as `builtIn`. */
  uncaught?: boolean
  /** Is told, at most once a minute and once for each kind of trouble, what an engineer should know. Default: a line on standard error. */
  onTrouble?: (message: string) => void
}

export interface Settings {
  service: string
  subsystem: string
  version: string
  host: string
  labels: Labels
  collector: URL
  key: string
  flushMs: number
  spool: string | null
  spoolBytes: number
  memoryBytes: number
  builtIn: boolean
  httpServer: boolean
  uncaught: boolean
  onTrouble: (message: string) => void
}

/** Options with their defaults. Throws TypeError for what cannot work: the only place where the agent throws. */
export function parseOptions(options: AgentOptions): Settings {
  const service = required("service", options.service)
  const flushMs = options.flushMs ?? 1_000
  if (!(flushMs >= 100 && flushMs <= 60_000)) throw new TypeError(`flushMs must be 100–60000, not ${flushMs}`)
  return {
    service,
    subsystem: cleanText(options.subsystem ?? "main", LIMITS.value),
    version: cleanText(options.version ?? "0", LIMITS.value),
    host: cleanText(options.host ?? hostname(), LIMITS.value),
    labels: Object.fromEntries(Object.entries(options.labels ?? {}).map(([k, v]) => [k, String(v)])),
    collector: collectorUrl(options.collector),
    key: required("key", options.key),
    flushMs,
    spool: options.spool === false ? null : (options.spool ?? defaultSpool(service)),
    spoolBytes: options.spoolBytes ?? 64 * 1024 * 1024,
    memoryBytes: options.memoryBytes ?? 4 * 1024 * 1024,
    builtIn: options.builtIn ?? true,
    httpServer: options.httpServer ?? true,
    uncaught: options.uncaught ?? options.builtIn ?? true,
    onTrouble: options.onTrouble ?? ((message) => void process.stderr.write(`ossagent: ${message}\n`)),
  }
}

function required(name: string, value: unknown): string {
  if (typeof value !== "string" || value.length === 0) throw new TypeError(`${name} must be a non-empty string`)
  return name === "service" ? cleanText(value, LIMITS.value) : value
}

function collectorUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : null
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new TypeError(`collector must be an http or https address, not ${JSON.stringify(value)}`)
  }
  return url
}

/** By number and not by `userInfo`, which throws where the user has no entry, as in many containers. */
const defaultSpool = (service: string): string =>
  join(tmpdir(), `ossagent-${process.getuid?.() ?? "user"}`, service.replace(/[^\w.-]/g, "_"))
