import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { EngineError, toEngineError } from "./errors.ts"
import type { EngineSession } from "./session.ts"

/**
 * What requests may do, enforced by the engine: no READ or WRITE ON any source (file, url, s3, remote, executable …),
 * so the table functions and engines that leave the database are denied with code 497. Dictionaries are denied
 * because their source may be a shell command. Without its `default` database the engine opens no session.
 */
const GRANTS = [
  "GRANT SELECT, INSERT, ALTER, CREATE, DROP, TRUNCATE, OPTIMIZE, SHOW, KILL QUERY, dictGet ON *.*",
  "GRANT SYSTEM MERGES, SYSTEM TTL MERGES, SYSTEM FLUSH, SYSTEM DROP CACHE ON *.*",
  "REVOKE CREATE DICTIONARY, CREATE FUNCTION ON *.*",
  "REVOKE ALL ON default.*",
]

/**
 * Writes the engine's configuration below `dataDir` and returns the path of its main file. It is always given: without
 * `--config-file` the engine takes up any config.xml that lies in the working directory.
 */
export async function writeConfig(dataDir: string): Promise<string> {
  const main = join(dataDir, "engine.xml")
  const users = join(dataDir, "users.xml")
  await writeFile(users, toUsers(GRANTS), { mode: 0o600 })
  // An absolute path: a relative one is looked for in the working directory, and one that is missing means all rights.
  await writeFile(main, `<clickhouse><users_config>${toXml(users)}</users_config></clickhouse>\n`, { mode: 0o600 })
  return main
}

/** Throws unless the engine denies reading files, so that a configuration it did not take up cannot go unnoticed. */
export async function checkConfined(session: EngineSession): Promise<void> {
  const answer = await session.query("SELECT * FROM file('/dev/null', 'LineAsString')").catch(toEngineError)
  if (answer instanceof EngineError && answer.type === "ACCESS_DENIED") return
  throw new Error("cannot confine the engine: it does not deny reading files, so its configuration is not in force")
}

/** The engine knows one user without a password: the password is asked for at the HTTP door. */
function toUsers(grants: readonly string[]): string {
  const queries = grants.map((grant) => `<query>${grant}</query>`).join("\n      ")
  return `<clickhouse>
  <profiles><default></default></profiles>
  <quotas><default></default></quotas>
  <users><default>
    <password></password>
    <networks><ip>::1</ip><ip>127.0.0.1</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants>
      ${queries}
    </grants>
  </default></users>
</clickhouse>
`
}

function toXml(text: string): string {
  return text.replace(/[<>&]/g, (char) => `&#${char.charCodeAt(0)};`)
}
