/** Addresses of this machine alone, and "every address" of it, which names none. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/i
const UNSPECIFIED = /^(0\.0\.0\.0|\[::\])$/
/** What may stand in a policy header: Host is what a stranger sends. */
const HOST = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/i

/**
 * An address of the IM, as a page reaches it that was opened under `host` (a name or number without port): an installation on one machine
 * calls itself 127.0.0.1, which for a browser elsewhere is another machine. Other hosts stay as they are. Throws for what is no URL.
 */
export function toReachable(address: string, host: string): string {
  const url = new URL(address)
  const stays = LOOPBACK.test(url.hostname) ? LOOPBACK.test(host) : !UNSPECIFIED.test(url.hostname)
  if (stays || !HOST.test(host)) return address
  url.hostname = host
  return url.href
}

/** The host of a Host header, without port; empty for one that is not plain. */
export function hostOf(header: string): string {
  const host = header.replace(/:\d*$/, "")
  return HOST.test(host) ? host : ""
}
