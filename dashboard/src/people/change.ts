import { z } from "zod"
import { writeAudit } from "../auth/audit.ts"
import { type Person, ROLES, type Role } from "../auth/roles.ts"
import { type Access, openAccess } from "../auth/session.ts"
import { DoorError } from "../door/errors.ts"

export interface User {
  id: string
  name: string
  email: string
  role: Role
  disabled: boolean
  createdAt: number
  /** Unix ms of the newest session's last use; null when nobody is logged in under it. */
  seenAt: number | null
}

const password = z.string().min(8, "at least 8 characters").max(128)
export const NEW_USER = z.strictObject({
  email: z.email().max(200).toLowerCase(),
  name: z.string().trim().min(1).max(100),
  role: z.enum(ROLES),
  password,
})
export const CHANGE = z.union([
  z.strictObject({ role: z.enum(ROLES) }),
  z.strictObject({ password }),
  z.strictObject({ disabled: z.boolean() }),
])

export async function listUsers({ pool }: Access): Promise<User[]> {
  const { rows } = await pool.query<{
    id: string
    name: string
    email: string
    role: Role
    banned: boolean | null
    createdAt: Date
    seen: Date | null
  }>(`select u.id, u.name, u.email, u.role, u.banned, u."createdAt", max(s."updatedAt") as seen
      from "user" u left join session s on s."userId" = u.id group by u.id order by u.email limit 1000`)
  return rows.map(({ banned, createdAt, seen, ...user }) => ({
    ...user,
    disabled: banned === true,
    createdAt: createdAt.getTime(),
    seenAt: seen?.getTime() ?? null,
  }))
}

export async function addUser(headers: Headers, by: Person, body: z.output<typeof NEW_USER>): Promise<void> {
  const { auth, pool } = openAccess()
  await tell(() => auth.api.createUser({ headers, body }))
  await writeAudit(pool, { actor: by.email, action: "user added", detail: `${body.email} as ${body.role}` })
}

/** Changes role, password or whether a user may log in; a new password and a disabled user end all sessions. */
export async function changeUser(
  headers: Headers,
  by: Person,
  { id, change }: { id: string; change: z.output<typeof CHANGE> },
): Promise<void> {
  const { auth, pool } = openAccess()
  const { rows } = await pool.query<{ email: string }>(`select email from "user" where id = $1`, [id])
  const email = rows[0]?.email
  if (email === undefined) throw new DoorError("not_found", "cannot change this user: there is none")
  if (id === by.id && !("password" in change))
    throw new DoorError("bad_request", "cannot change your own role or disable yourself: ask another admin")
  if ("role" in change) await tell(() => auth.api.setRole({ headers, body: { userId: id, role: change.role } }))
  else if ("password" in change) {
    await tell(() => auth.api.setUserPassword({ headers, body: { userId: id, newPassword: change.password } }))
    if (id !== by.id) await tell(() => auth.api.revokeUserSessions({ headers, body: { userId: id } }))
  } else if (change.disabled) await tell(() => auth.api.banUser({ headers, body: { userId: id } }))
  else await tell(() => auth.api.unbanUser({ headers, body: { userId: id } }))
  await writeAudit(pool, { actor: by.email, action: "user changed", detail: `${email}: ${toWhat(change)}` })
}

function toWhat(change: z.output<typeof CHANGE>): string {
  if ("role" in change) return `role ${change.role}`
  if ("password" in change) return "password reset"
  return change.disabled ? "disabled" : "enabled"
}

/** better-auth's refusals have a status and a sentence. */
async function tell(run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const status = (error as { statusCode?: number }).statusCode
    if (status === undefined || status >= 500) throw error
    throw new DoorError("bad_request", `cannot change the user: ${(error as Error).message}`, error)
  }
}
