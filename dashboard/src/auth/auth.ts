/**
 * Who may in: better-auth on PostgreSQL, schema `dashboard`, e-mail and password, no sign-up. `auth` is made by `createAuth`, brought
 * up by `migrate` and `firstadmin` at start, asked by `session` on every request, and changed by `people` for the users page.
 */
import { betterAuth } from "better-auth"
import { admin } from "better-auth/plugins/admin"
import { adminAc, userAc } from "better-auth/plugins/admin/access"
import type { Pool } from "pg"
import type { Config } from "../config.ts"

/** Set by our own server from the socket, never taken from the client. */
export const CLIENT_ADDRESS_HEADER = "x-ossagent-client-address"
/** Path and query that was asked for, set by our own server likewise. */
export const ASKED_HEADER = "x-ossagent-asked"
export const SCHEMA = "dashboard"

const DAY_SEC = 86_400

/** Of users and sessions only; what a role may do with alarms is asked by `mayAs`. */
const ROLE_ACCESS = { viewer: userAc, operator: userAc, admin: adminAc }

export function createAuth(config: Config, pool: Pool) {
  return betterAuth({
    appName: "OssAgent",
    baseURL: config.url,
    basePath: "/api/auth",
    secret: config.authSecret,
    trustedOrigins: trustedOrigins(config.url),
    telemetry: { enabled: false },
    database: pool,
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, maxPasswordLength: 128 },
    session: { expiresIn: 7 * DAY_SEC, updateAge: DAY_SEC },
    rateLimit: {
      enabled: true,
      window: 10,
      max: 100,
      customRules: { "/sign-in/email": { window: 60, max: 10 }, "/change-password": { window: 60, max: 5 } },
    },
    advanced: {
      cookiePrefix: "ossagent",
      useSecureCookies: config.url.startsWith("https:"),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax" },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
    logger: { level: "error" },
    plugins: [admin({ roles: ROLE_ACCESS, defaultRole: "viewer", adminRoles: ["admin"] })],
  })
}

export type Auth = ReturnType<typeof createAuth>

/** A machine's own browser may say `localhost` where the printed address says 127.0.0.1. */
function trustedOrigins(url: string): string[] {
  const { protocol, hostname, port } = new URL(url)
  const loopback = ["127.0.0.1", "localhost"]
  const hosts = loopback.includes(hostname) ? loopback : [hostname]
  return hosts.map((host) => `${protocol}//${host}${port ? `:${port}` : ""}`)
}
