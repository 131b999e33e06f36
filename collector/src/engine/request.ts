import { randomUUID } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"
import { EngineError } from "./errors.ts"
import { isRefusedSetting } from "./statement.ts"

/** A request, without its body, in the terms of ClickHouse's HTTP interface. */
export type EngineRequest = {
  queryId: string
  /** What the URL's `query` says; empty when the body holds the statement. */
  query: string
  database: string | undefined
  /** Output format of statements without a FORMAT clause. */
  format: string
  settings: Map<string, string>
  /** Values of `{name:Type}`, in ClickHouse's escaped text form. */
  parameters: Map<string, string>
  /** GET requests may not change anything. */
  readOnly: boolean
  gzip: boolean
}

/** Names in the URL that mean something to the door, not to the engine. */
const DOOR_NAMES = new Set([
  "query",
  "query_id",
  "database",
  "default_format",
  "quota_key",
  "stacktrace",
  "user",
  "password",
])

/** Features of a server that need state between requests, accounts, or ClickHouse's own block compression. */
const REFUSED_NAMES = new Set([
  "session_id",
  "session_timeout",
  "session_check",
  "close_session",
  "role",
  "compress",
  "decompress",
])

/** Reads the URL and headers of a request. Throws EngineError that says which name is wrong. */
export function parseRequest(method: string, url: URL, headers: IncomingHttpHeaders): EngineRequest {
  const given = url.searchParams
  const settings = new Map<string, string>()
  const parameters = new Map<string, string>()
  for (const [name, value] of given) addName(name, value, settings, parameters)
  return {
    queryId: given.get("query_id") || randomUUID(),
    query: given.get("query") ?? "",
    database: given.get("database") || toOne(headers["x-clickhouse-database"]) || undefined,
    format: given.get("default_format") || toOne(headers["x-clickhouse-format"]) || "TabSeparated",
    settings,
    parameters,
    readOnly: method === "GET",
    gzip: isOn(given.get("enable_http_compression")) && /\bgzip\b/i.test(toOne(headers["accept-encoding"]) ?? ""),
  }
}

/** Sorts one name of the URL, or of a multipart body, into settings and parameters. */
export function addName(
  name: string,
  value: string,
  settings: Map<string, string>,
  parameters: Map<string, string>,
): void {
  if (DOOR_NAMES.has(name)) return
  if (REFUSED_NAMES.has(name))
    throw new EngineError("NOT_IMPLEMENTED", `${name} is not supported by the embedded engine`)
  if (!/^[A-Za-z_]\w{0,127}$/.test(name))
    throw new EngineError(
      "SYNTAX_ERROR",
      `Syntax error: ${JSON.stringify(name.slice(0, 64))} in the URL is no name of a setting`,
    )
  if (name.startsWith("param_")) parameters.set(name.slice("param_".length), value)
  else if (isRefusedSetting(name)) throw new EngineError("ACCESS_DENIED", `the setting ${name} is refused`)
  else settings.set(name, value)
}

function isOn(value: string | null): boolean {
  return value === "1" || value === "true"
}

function toOne(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
