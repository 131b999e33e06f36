import { randomBytes } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"

const secret = z.string().min(16)
const SECRETS = z.object({
  ingestKey: secret,
  readToken: secret,
  alertingToken: secret,
  clickhousePassword: secret,
  postgresPassword: secret,
  authSecret: z.string().min(32),
  adminEmail: z.email(),
  adminPassword: z.string().min(8),
})
export type Secrets = z.output<typeof SECRETS>

/** The installation's keys and passwords: made at the first start, readable by its owner only. */
export function readSecrets(dataDir: string): { secrets: Secrets; path: string } {
  const path = join(dataDir, "secrets.json")
  mkdirSync(dataDir, { recursive: true, mode: 0o755 })
  try {
    return { secrets: SECRETS.parse(JSON.parse(readFileSync(path, "utf8"))), path }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      throw new Error(`cannot read ${path}: ${(error as Error).message}`)
  }
  const random = () => randomBytes(24).toString("base64url")
  const secrets: Secrets = {
    ingestKey: random(),
    readToken: random(),
    alertingToken: random(),
    clickhousePassword: random(),
    postgresPassword: random(),
    authSecret: randomBytes(32).toString("base64url"),
    adminEmail: "admin@localhost.localdomain",
    adminPassword: randomBytes(9).toString("base64url"),
  }
  writeFileSync(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: "wx" })
  return { secrets, path }
}
