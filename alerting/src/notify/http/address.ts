/** Which addresses an outgoing request may go to. What users type must not reach the machine itself, its network or its cloud's metadata. */
import { type LookupAddress, lookup } from "node:dns"
import { BlockList, isIP, type LookupFunction } from "node:net"

const PRIVATE: readonly (readonly [net: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16], // link-local, metadata of clouds
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3], // multicast and reserved
  ["::", 128],
  ["::1", 128],
  ["64:ff9b::", 96], // IPv4 behind NAT64
  ["2002::", 16], // IPv4 in 6to4
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
]

const blocked = new BlockList()
for (const [net, bits] of PRIVATE) blocked.addSubnet(net, bits, isIP(net) === 6 ? "ipv6" : "ipv4")

/** Addresses that are IPv4 in IPv6 count as the IPv4 ones. */
export function isPrivate(address: string): boolean {
  const family = isIP(address)
  return family === 0 || blocked.check(address, family === 6 ? "ipv6" : "ipv4")
}

const refuse = (host: string, address: string): Error =>
  Object.assign(new Error(`${host} is ${address}, a private address`), { code: "EPRIVATE" })

/** Null, or why a URL's host is refused as it is written. Names are looked at when they are resolved. */
export function tryHost(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, "")
  return isIP(bare) !== 0 && isPrivate(bare) ? `${bare} is a private address` : null
}

/** Resolves for a connection and refuses private addresses: what is checked is what is connected to. */
export const lookupPublic: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    if (error) return done(error, "", 0)
    const bad = found.find(({ address }) => isPrivate(address))
    const first = found[0]
    if (bad || !first) return done(refuse(hostname, bad?.address ?? "unknown"), "", 0)
    if (options.all) return done(null, found)
    done(null, first.address, first.family)
  })
}
