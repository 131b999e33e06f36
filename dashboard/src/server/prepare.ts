import type { Logger } from "pino"
import { createAuth } from "../auth/auth.ts"
import { ensureFirstAdmin } from "../auth/firstadmin.ts"
import { migrate } from "../auth/migrate.ts"
import { createPool } from "../auth/pool.ts"
import type { Config } from "../config.ts"

/** What must stand before the first request: schema and first admin. Uses connections of its own and closes them. */
export async function prepareDatabase(config: Config, log: Logger): Promise<void> {
  const pool = createPool(config.postgresUrl, 3)
  try {
    const auth = createAuth(config, pool)
    await migrate(pool, auth)
    const admin = await ensureFirstAdmin(auth, pool, { email: config.adminEmail, password: config.adminPassword })
    if (admin === "not configured")
      log.warn("nobody can log in: set OSSAGENT_ADMIN_EMAIL and OSSAGENT_ADMIN_PASSWORD and start again")
    else log.info({ admin }, "users ready")
  } finally {
    await pool.end()
  }
}
