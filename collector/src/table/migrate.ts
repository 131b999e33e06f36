import { readdir, readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import type { Logger } from "pino"
import type { Store } from "./client.ts"

const DDL = fileURLToPath(new URL("../../src/table/ddl/", import.meta.url))

/** Applies the numbered DDL files that were not applied yet, in order. Each statement may be run again: a crash in between is harmless. */
export async function migrate(store: Store, log: Logger): Promise<void> {
  await store.run(
    "CREATE TABLE IF NOT EXISTS migrations (name String, at DateTime('UTC')) ENGINE = MergeTree ORDER BY name",
  )
  const done = new Set((await store.rows<{ name: string }>("SELECT name FROM migrations")).map(({ name }) => name))
  for (const file of (await readdir(DDL)).sort()) {
    if (done.has(file) || !file.endsWith(".sql")) continue
    for (const statement of statementsOf(await readFile(`${DDL}${file}`, "utf8"))) await store.run(statement)
    await store.insertObjects("migrations", [{ name: file, at: Math.floor(Date.now() / 1000) }])
    log.info({ file }, "tables changed")
  }
}

/** The statements of a DDL file: comments are lines of their own, a statement ends with a semicolon at a line's end. */
const statementsOf = (sql: string): string[] =>
  sql
    .split("\n")
    .filter((line) => !line.startsWith("--"))
    .join("\n")
    .split(/;\s*$/m)
    .filter((statement) => statement.trim() !== "")
