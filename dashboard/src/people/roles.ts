import type { Role } from "../auth/roles.ts"

/** What a role may do, in a line. */
export const MAY: Record<Role, string> = {
  viewer: "sees everything but users and audit, changes nothing",
  operator: "also acknowledges alarms, changes rules and silences, sees the ingest key",
  admin: "also manages users and sees the audit",
}
