import { headers } from "next/headers"
import { redirect } from "next/navigation"
import type { Pool } from "pg"
import { type Config, readConfig } from "../config.ts"
import { ASKED_HEADER, type Auth, createAuth } from "./auth.ts"
import { loginHref } from "./loginhref.ts"
import { createPool } from "./pool.ts"
import { mayAs, type Person, ROLES, type Role } from "./roles.ts"

export interface Access {
  config: Config
  pool: Pool
  auth: Auth
}

// development reloads modules and would open a pool each time
const kept = globalThis as { ossagentAccess?: Access }

/** The one pool and auth of this process. */
export function openAccess(): Access {
  if (kept.ossagentAccess) return kept.ossagentAccess
  const config = readConfig()
  const pool = createPool(config.postgresUrl, 10)
  kept.ossagentAccess = { config, pool, auth: createAuth(config, pool) }
  return kept.ossagentAccess
}

/** Who sends this request, read from the database each time, so that a changed role or a disabled user counts at once. */
export async function readPerson(given: Headers): Promise<Person | null> {
  const session = await openAccess().auth.api.getSession({ headers: given })
  if (!session || session.user.banned) return null
  const { id, name, email, role } = session.user
  return { id, name, email, role: ROLES.find((one) => one === role) ?? "viewer" }
}

/** For pages: sends strangers to the log-in page and those whose role is too small to the overview. */
export async function requirePerson(needed: Role = "viewer"): Promise<Person> {
  const given = await headers()
  const person = await readPerson(given)
  if (!person) redirect(loginHref(given.get(ASKED_HEADER)))
  if (!mayAs(person.role, needed)) redirect("/")
  return person
}
