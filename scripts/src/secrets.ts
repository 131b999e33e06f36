import { randomBytes } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"

const secret = z.string().min(16)
const SECRETS = z.object({
  ingestKey: secret,
  readToken: secret,
  /** `npm run demo -- --stop` shows it to the collector. */
  removeToken: secret,
  alertingToken: secret,
  /** Services with logic show it to the alerting service. */
  logicToken: secret,
  clickhousePassword: secret,
  postgresPassword: secret,
  authSecret: z.string().min(32),
  adminEmail: z.email(),
  adminPassword: z.string().min(8),
  /** Services show it to each other. */
  rpcToken: secret,
  /** Chat clients show it to register and to log in. */
  imAppKey: secret,
  /** Device tickets are made with it. */
  imTicketKey: z.string().min(32),
  /** The probe users' passwords are made with it. */
  imProbeKey: secret,
  /** Of the account that writes alarms in the IM. */
  imAlarmPassword: secret,
  /** The dashboard shows it to guard. */
  guardToken: secret,
})
export type Secrets = z.output<typeof SECRETS>

/** The installation's keys and passwords: made at the first start, those that a newer version needs at the next, readable by its owner only. */
export function readSecrets(dataDir: string): { secrets: Secrets; path: string } {
  const path = join(dataDir, "secrets.json")
  mkdirSync(dataDir, { recursive: true, mode: 0o755 })
  const kept = tryRead(path)
  const missing = Object.keys(SECRETS.shape).some((name) => kept === null || !(name in kept))
  try {
    const secrets = SECRETS.parse({ ...makeSecrets(), ...kept })
    if (missing) write(path, secrets)
    return { secrets, path }
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as Error).message}`)
  }
}

/** Null when there is none yet. */
function tryRead(path: string): Record<string, unknown> | null {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, "utf8")))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null
    throw new Error(`cannot read ${path}: ${(error as Error).message}`)
  }
}

function makeSecrets(): Secrets {
  const random = () => randomBytes(24).toString("base64url")
  return {
    ingestKey: random(),
    readToken: random(),
    removeToken: random(),
    alertingToken: random(),
    logicToken: random(),
    clickhousePassword: random(),
    postgresPassword: random(),
    authSecret: randomBytes(32).toString("base64url"),
    adminEmail: "admin@localhost.localdomain",
    adminPassword: randomBytes(9).toString("base64url"),
    rpcToken: random(),
    imAppKey: random(),
    imTicketKey: randomBytes(32).toString("base64url"),
    imProbeKey: random(),
    imAlarmPassword: random(),
    guardToken: random(),
  }
}

/** All of it or nothing: a crash meanwhile leaves what was there. */
function write(path: string, secrets: Secrets): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
