import { createHash, timingSafeEqual } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"
import { EngineError } from "./errors.ts"

/** Returns a check that throws AUTHENTICATION_FAILED unless the headers hold this user and password. */
export function createCredentialCheck(user: string, password: string): (headers: IncomingHttpHeaders) => void {
  const wanted = toDigest(user, password)
  return (headers) => {
    const given = readCredential(headers)
    if (timingSafeEqual(toDigest(given.user, given.password), wanted)) return
    throw new EngineError(
      "AUTHENTICATION_FAILED",
      "Authentication failed: password is incorrect, or there is no user with such name.",
    )
  }
}

/** X-ClickHouse-User and -Key, or Basic authorization; never the URL, which ends in logs. */
function readCredential(headers: IncomingHttpHeaders): { user: string; password: string } {
  const user = headers["x-clickhouse-user"]
  const key = headers["x-clickhouse-key"]
  if (user !== undefined || key !== undefined) return { user: String(user ?? ""), password: String(key ?? "") }
  const [scheme, encoded = ""] = (headers.authorization ?? "").split(" ", 2)
  if (scheme?.toLowerCase() !== "basic") return { user: "", password: "" }
  const text = Buffer.from(encoded, "base64").toString("utf8")
  const colon = text.indexOf(":")
  return colon < 0 ? { user: text, password: "" } : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** Of one length whatever was given, as timingSafeEqual needs. */
function toDigest(user: string, password: string): Buffer {
  return createHash("sha256")
    .update(JSON.stringify([user, password]))
    .digest()
}
