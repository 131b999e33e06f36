import type { Pool } from "pg"
import { writeAudit } from "./audit.ts"
import type { Auth } from "./auth.ts"

/** Creates the first admin unless somebody is one already. Says what it did. */
export async function ensureFirstAdmin(
  auth: Auth,
  pool: Pool,
  given: { email: string | undefined; password: string | undefined },
): Promise<"created" | "exists" | "not configured"> {
  const { rows } = await pool.query(`select 1 from "user" where role = 'admin' and banned is not true limit 1`)
  if (rows.length > 0) return "exists"
  if (given.email === undefined || given.password === undefined) return "not configured"
  const { email, password } = given
  const known = await pool.query(`select id from "user" where email = $1`, [email])
  if (known.rows.length > 0) {
    await pool.query(`update "user" set role = 'admin', banned = false where email = $1`, [email])
  } else {
    await auth.api.createUser({ body: { email, password, name: email.split("@")[0] ?? email, role: "admin" } })
  }
  await writeAudit(pool, { actor: "start", action: "first admin created", detail: email })
  return "created"
}
