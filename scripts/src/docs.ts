/** Documents that are written from tables in the code: `npm run docs` writes them, a test compares. Needs a build. */
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { describeLaunch } from "./config.ts"

const ROOT = fileURLToPath(new URL("../..", import.meta.url))
const WRITTEN = "<!-- Written by `npm run docs`: change the table in the code instead. -->"

type ErrorTable = Record<string, readonly [status: number, meaning: string]>
type ChatTable = Record<string, readonly [again: boolean, meaning: string]>
type EngineTable = Record<string, readonly [code: number, status: number, meaning: string]>

const load = async (path: string): Promise<Record<string, unknown>> => import(pathToFileURL(join(ROOT, path)).href)

/** Every generated document by its path from the root. */
export async function writtenPages(): Promise<Record<string, string>> {
  return { "docs/errors.md": await errorsPage(), "docs/settings.md": settingsPage() }
}

async function errorsPage(): Promise<string> {
  const [shell, collector, alerting, engine, dispatch, guard, chat] = await Promise.all(
    [
      "svrkit/dist/errors.js",
      "collector/dist/errors.js",
      "alerting/dist/errors.js",
      "collector/dist/engine/errors.js",
      "im-services/dist/dispatch/errors.js",
      "im-services/dist/guard/errors.js",
      "im-services/client/dist/protocol/index.js",
    ].map(load),
  )
  return [
    "# Errors",
    WRITTEN,
    "An answer with an error is `{ error: { code, message, where?, retryAfterSec? } }`; `code` is what programs go by, `message` says what and\nwhere. `Retry-After` is a header too.",
    "## Every service",
    toTable(shell?.SHELL_ERRORS as ErrorTable),
    "## Collector",
    toTable(collector?.ERRORS as ErrorTable),
    "## Alerting",
    toTable(alerting?.ERRORS as ErrorTable),
    "## Dispatch",
    toTable(dispatch?.DISPATCH_ERRORS as ErrorTable),
    "## Guard",
    toTable(guard?.GUARD_DOOR_ERRORS as ErrorTable),
    "## Chat clients",
    "In a `Failure` of `im-services/client/src/protocol/chat.xml`, with the request's number.",
    toRows(
      ["code", "again", "meaning"],
      Object.entries(chat?.CHAT_ERRORS as ChatTable).map(([code, [again, meaning]]) => [
        `\`${code}\``,
        again ? "the same request may be made again" : "",
        meaning,
      ]),
    ),
    "## The embedded ClickHouse",
    "In ClickHouse's own form: the number stands in `X-ClickHouse-Exception-Code`. Errors of its queries are ClickHouse's and are not listed.",
    toRows(
      ["code", "status", "name", "meaning"],
      Object.entries(engine?.ENGINE_ERRORS as EngineTable).map(([name, [code, status, meaning]]) => [
        String(code),
        String(status),
        `\`${name}\``,
        meaning,
      ]),
    ),
    "",
  ].join("\n\n")
}

const toTable = (table: ErrorTable): string =>
  toRows(
    ["code", "status", "meaning"],
    Object.entries(table).map(([code, [status, meaning]]) => [`\`${code}\``, String(status), meaning]),
  )

const toRows = (head: readonly string[], rows: readonly string[][]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")

/** Built main files that know `--help`. */
const SERVICES = {
  Collector: "collector/dist/main.js",
  Alerting: "alerting/dist/main.js",
  "The embedded ClickHouse": "collector/dist/engine/start.cjs",
  "The embedded PostgreSQL": "svrkit/dist/postgres/main.js",
  "The IM, all services in one process": "im-services/dist/main.js",
}

function settingsPage(): string {
  const parts = Object.entries(SERVICES).map(([name, main]) => {
    const text = execFileSync(process.execPath, [join(ROOT, main), "--help"], { encoding: "utf8" })
    return `## ${name}\n\n${toSettings(text)}`
  })
  return [
    "# Settings",
    WRITTEN,
    "Environment variables. `npm start` sets what its processes need of each other; everything else is handed on to them. An empty variable\ncounts as unset. The dashboard's own are in `dashboard/src/config.ts`, the agent's in `agent/README.md`.",
    `## \`npm start\`\n\n${toSettings(describeLaunch())}`,
    ...parts,
    "",
  ].join("\n\n")
}

/** A help text's pairs of lines, `  NAME (secret)` and `      meaning`, as a table. */
function toSettings(help: string): string {
  const rows = [...help.matchAll(/^ {2}(\w+)( \(secret\))?\n {6}(.*)$/gm)].map(([, name, secret, doc]) => [
    `\`${name}\``,
    `${doc}${secret ? "; secret" : ""}`,
  ])
  return toRows(["variable", "what"], rows)
}
