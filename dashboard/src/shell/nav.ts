import type { Role } from "../auth/roles.ts"
import type { IconName } from "../piece/icon.tsx"

/** The pages, as menu, search and keyboard know them; `key` after `g` goes there. */
export interface NavItem {
  href: string
  name: string
  icon: IconName
  key: string
  role: Role
  group: "watch" | "alarms" | "talk" | "manage"
}

export const NAV: readonly NavItem[] = [
  { href: "/", name: "Overview", icon: "overview", key: "o", role: "viewer", group: "watch" },
  { href: "/matrix", name: "Version matrix", icon: "grid", key: "m", role: "viewer", group: "watch" },
  { href: "/exceptions", name: "Exceptions", icon: "exception", key: "e", role: "viewer", group: "watch" },
  { href: "/alarms", name: "Alarms", icon: "bell", key: "a", role: "viewer", group: "alarms" },
  { href: "/silences", name: "Silences", icon: "mute", key: "s", role: "viewer", group: "alarms" },
  { href: "/rules", name: "Rules", icon: "rule", key: "r", role: "viewer", group: "alarms" },
  { href: "/outbox", name: "Outbox", icon: "mail", key: "b", role: "viewer", group: "alarms" },
  { href: "/chat", name: "Chat", icon: "chat", key: "c", role: "viewer", group: "talk" },
  { href: "/start", name: "Add a service", icon: "plus", key: "n", role: "viewer", group: "manage" },
  { href: "/users", name: "Users", icon: "users", key: "u", role: "admin", group: "manage" },
  { href: "/audit", name: "Audit", icon: "audit", key: "h", role: "admin", group: "manage" },
]
