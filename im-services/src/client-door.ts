import { createHash, timingSafeEqual } from "node:crypto"
import { setting } from "@ossagent/svrkit"
import { z } from "zod"

/** Settings of every service that clients come to. */
export const clientDoorSettings = {
  appKey: setting(
    "OSSAGENT_IM_APP_KEY",
    z.string().min(16).max(128),
    "key that clients show to find an access, to register and to log in; at least 16 characters",
    { secret: true },
  ),
  origins: setting(
    "OSSAGENT_IM_ORIGINS",
    z
      .string()
      .default("http://127.0.0.1:7070,http://localhost:7070")
      .transform((text) => text.split(",").filter((one) => one !== "")),
    "origins of web pages that may connect, by comma, or *; clients that are no web page have none",
  ),
}

/** Whether a page of this origin may connect; what is no page has none. */
export const isKnownOrigin = (origin: string | undefined, origins: readonly string[]): boolean =>
  origin === undefined || origins.includes("*") || origins.includes(origin)

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest()

/** A check that takes the same time for every wrong key. */
export function createAppKeyCheck(appKey: string): (given: string) => boolean {
  const hash = sha256(appKey)
  return (given) => timingSafeEqual(sha256(given), hash)
}

/** One key for each IPv4 address and each IPv6 network of a subscriber. */
export function toAddressKey(address: string | undefined): string {
  if (address === undefined) return "unknown"
  const plain = address.startsWith("::ffff:") ? address.slice(7) : address
  return plain.includes(":") ? plain.split(":").slice(0, 4).join(":") : plain
}
