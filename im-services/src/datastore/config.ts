import { parseConfig, setting, whole } from "@ossagent/svrkit"
import { z } from "zod"

/** One engine that a datastore holds. */
export interface EnginePlace {
  name: string
  urls: string[]
  schema: string
}

const NAME = /^[a-z][a-z0-9_]{0,30}$/

/** `a+b=postgres://…|postgres://…`: names, and servers of one replicated PostgreSQL. `?schema=` names the schema; default: the name. */
function parseEntry(entry: string, refuse: (why: string) => void): EnginePlace[] {
  const at = entry.indexOf("=")
  const names = entry.slice(0, Math.max(0, at)).split("+")
  const urls = entry.slice(at + 1).split("|")
  const parsed = urls.map((url) => (URL.canParse(url) ? new URL(url) : null))
  if (!names.every((name) => NAME.test(name))) refuse("names must be lower-case letters, digits and _")
  else if (parsed.some((url) => url === null || !/^postgres(ql)?:$/.test(url.protocol)))
    refuse(`the addresses of ${names.join("+")} must be postgres://…`)
  else {
    const known = parsed as URL[]
    const schema = known[0]?.searchParams.get("schema") ?? null
    if (schema !== null && names.length > 1) refuse(`${names.join("+")} cannot share the schema ${schema}`)
    for (const url of known) url.searchParams.delete("schema")
    return names.map((name) => ({ name, urls: known.map(String), schema: schema ?? name }))
  }
  return []
}

/** Entries separated by commas or spaces. */
export const engines = z.string().transform((text, context): EnginePlace[] => {
  const refuse = (message: string): void => void context.addIssue({ code: "custom", message })
  const places = text
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .flatMap((entry) => parseEntry(entry, refuse))
  const names = places.map(({ name }) => name)
  if (new Set(names).size < names.length) refuse("an engine is named twice")
  if (places.length === 0 && context.issues.length === 0) refuse("no engine is named")
  return places
})

export const DATASTORE_SETTINGS = {
  engines: setting(
    "DATASTORE_ENGINES",
    engines,
    "engines held here, by comma: `a=postgres://user:password@host:port/database`; `a+b+c=…` for several in one database, each in a schema of its name (another: `?schema=`); `a=postgres://…|postgres://…` for the servers of one replicated PostgreSQL",
    { secret: true },
  ),
  connections: setting(
    "DATASTORE_CONNECTIONS",
    whole(10, 2, 100),
    "database connections of each engine, at most; default 10",
  ),
}

/** An engine, and where its datastores answer. */
export interface StorePlace {
  name: string
  targets: string[]
}

const places = z
  .string()
  .default("a,b,c")
  .transform((text, context): StorePlace[] => {
    const entries = text.split(/[\s,]+/).filter((entry) => entry !== "")
    const named = entries.map((entry) => {
      const [name = "", targets = ""] = entry.split("=")
      return { name, targets: targets.split("|").filter((target) => target !== "") }
    })
    const names = new Set(named.map(({ name }) => name))
    if (named.some(({ name }) => !NAME.test(name)) || names.size < named.length || names.size < 3)
      context.addIssue({
        code: "custom",
        message: "it must name three engines or more, each once: a=host:port,b=host:port,…",
      })
    return named
  })

/** Settings of a service that has stores. */
export const STORE_SETTINGS = {
  stores: setting(
    "OSSAGENT_STORES",
    places,
    "engines and the datastores that hold them, `a=host:port|host:port,b=…,c=…`; quorum stores are in the first three, dual ones in the first two, all others in the first until the buckets are shared out; without targets: in this process; default a,b,c",
  ),
  storeTimeoutMs: setting(
    "OSSAGENT_STORE_TIMEOUT_MS",
    whole(2_000, 50, 60_000),
    "ms within which a value is read or written; default 2000",
  ),
}

/** Settings of the command that moves buckets. */
export const SETS_SETTINGS = {
  ...STORE_SETTINGS,
  rpcToken: setting("OSSAGENT_RPC_TOKEN", z.string().min(16), "secret that services share", { secret: true }),
}

/** Throws ConfigError that lists every fault. */
export const readSetsConfig = () => parseConfig(SETS_SETTINGS, process.env)
