import { randomBytes } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import { ASKED_HEADER, CLIENT_ADDRESS_HEADER } from "../auth/auth.ts"

interface HeaderOptions {
  development: boolean
  https: boolean
  trustProxy: boolean
  /** Where pages may connect besides, for somebody who opened the dashboard under this host. */
  connectTo: (host: string) => readonly string[]
}

/**
 * Headers of every answer. The nonce is new for each request; Next reads it from the request's policy header and puts it on its own
 * scripts. Style attributes stay allowed: charts are positioned by them.
 */
export function addHeaders(request: IncomingMessage, response: ServerResponse, options: HeaderOptions): void {
  const nonce = randomBytes(16).toString("base64")
  const policy = toPolicy(nonce, options.connectTo(request.headers.host ?? ""), options)
  request.headers["content-security-policy"] = policy
  request.headers["x-nonce"] = nonce
  request.headers[CLIENT_ADDRESS_HEADER] = clientAddress(request, options.trustProxy)
  request.headers[ASKED_HEADER] = request.url ?? "/"
  response.setHeader("content-security-policy", policy)
  response.setHeader("x-content-type-options", "nosniff")
  response.setHeader("x-frame-options", "DENY")
  response.setHeader("referrer-policy", "same-origin")
  response.setHeader("cross-origin-opener-policy", "same-origin")
  response.setHeader("permissions-policy", "camera=(), geolocation=(), microphone=()")
  if (options.https) response.setHeader("strict-transport-security", "max-age=31536000")
}

function toPolicy(nonce: string, connectTo: readonly string[], { development }: HeaderOptions): string {
  const evaluated = development ? " 'unsafe-eval'" : ""
  const styles = development ? "'unsafe-inline'" : `'nonce-${nonce}'`
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluated}`,
    `style-src 'self' ${styles}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    ["connect-src 'self'", ...(development ? ["ws:"] : []), ...connectTo].join(" "),
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-src 'self'",
    "frame-ancestors 'none'",
  ].join("; ")
}

function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy
    ? String(request.headers["x-forwarded-for"] ?? "")
        .split(",")
        .at(-1)
        ?.trim()
    : ""
  return forwarded || request.socket.remoteAddress || "unknown"
}
