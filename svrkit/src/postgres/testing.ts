import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type RunningPostgres, startPostgres } from "./start.ts"

/** Starts a throw-away PostgreSQL on a free port; `stop` also removes its files. Ready in about two seconds. */
export async function startTestPostgres(): Promise<RunningPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), "ossagent-postgres-"))
  const password = randomBytes(12).toString("hex")
  const remove = () => rm(dataDir, { recursive: true, force: true })
  try {
    const server = await startPostgres({
      dataDir,
      port: 0,
      user: "ossagent",
      password,
      database: "ossagent",
      durable: false,
    })
    return { ...server, stop: () => server.stop().then(remove) }
  } catch (error) {
    await remove()
    throw error
  }
}
