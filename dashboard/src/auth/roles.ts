/** What people may do: a viewer reads, an operator also acts on alarms and rules, an admin also manages users and sees the audit. */
export const ROLES = ["viewer", "operator", "admin"] as const
export type Role = (typeof ROLES)[number]

/** Whether `role` may do what asks for at least `needed`. Unknown roles may nothing. */
export function mayAs(role: string | null | undefined, needed: Role): boolean {
  const rank = ROLES.indexOf(role as Role)
  return rank >= 0 && rank >= ROLES.indexOf(needed)
}

/** Who is logged in, as pages see it. */
export interface Person {
  id: string
  name: string
  email: string
  role: Role
}
