import type { Role } from "../auth/roles.ts"
import type { IconName } from "../piece/icon.tsx"

/** The pages, as menu, search and keyboard know them; `key` after `g` goes there. */
export interface NavItem {
  href: string
  name: string
  icon: IconName
  key: string
  role: Role
  group: "watch" | "alarms" | "people" | "talk" | "clients" | "manage"
}

export const NAV: readonly NavItem[] = [
  { href: "/", name: "Overview", icon: "overview", key: "o", role: "viewer", group: "watch" },
  { href: "/matrix", name: "Version matrix", icon: "grid", key: "m", role: "viewer", group: "watch" },
  { href: "/exceptions", name: "Exceptions", icon: "exception", key: "e", role: "viewer", group: "watch" },
  { href: "/behaviour", name: "Behaviour", icon: "users", key: "f", role: "viewer", group: "watch" },
  { href: "/overload", name: "Overload", icon: "live", key: "x", role: "viewer", group: "watch" },
  { href: "/releases", name: "Releases", icon: "release", key: "v", role: "viewer", group: "watch" },
  { href: "/incidents", name: "Incidents", icon: "critical", key: "i", role: "viewer", group: "alarms" },
  { href: "/alarms", name: "Alarms", icon: "bell", key: "a", role: "viewer", group: "alarms" },
  { href: "/silences", name: "Silences", icon: "mute", key: "s", role: "viewer", group: "alarms" },
  { href: "/rules", name: "Rules", icon: "rule", key: "r", role: "viewer", group: "alarms" },
  { href: "/oncall", name: "On call", icon: "person", key: "p", role: "viewer", group: "people" },
  { href: "/channels", name: "Channels", icon: "send", key: "w", role: "viewer", group: "people" },
  { href: "/messages", name: "Messages", icon: "table", key: "l", role: "viewer", group: "people" },
  { href: "/outbox", name: "Outbox", icon: "mail", key: "b", role: "viewer", group: "people" },
  { href: "/care", name: "Care", icon: "chart", key: "q", role: "viewer", group: "people" },
  { href: "/chat", name: "Chat", icon: "chat", key: "c", role: "viewer", group: "talk" },
  { href: "/throttles", name: "Throttles", icon: "block", key: "t", role: "viewer", group: "clients" },
  { href: "/commands", name: "Commands", icon: "send", key: "k", role: "viewer", group: "clients" },
  { href: "/access", name: "Access nodes", icon: "link", key: "d", role: "viewer", group: "clients" },
  { href: "/start", name: "Add a service", icon: "plus", key: "n", role: "viewer", group: "manage" },
  { href: "/users", name: "Users", icon: "users", key: "u", role: "admin", group: "manage" },
  { href: "/audit", name: "Audit", icon: "audit", key: "h", role: "admin", group: "manage" },
]
