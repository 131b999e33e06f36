import { writeFile } from "node:fs/promises"
import { join } from "node:path"

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
 * Writes the engine's configuration below `dataDir` and returns its path. It is always given: without `--config-file`
 * the engine takes up any config.xml that lies in the working directory.
 */
export async function writeConfig(dataDir: string): Promise<string> {
  const file = join(dataDir, "engine.xml")
  await writeFile(file, toConfig(GRANTS), { mode: 0o600 })
  return file
}

/** The engine knows one user without a password: the password is asked for at the HTTP door. */
function toConfig(grants: readonly string[]): string {
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
