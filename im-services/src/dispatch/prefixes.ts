import { BlockList, isIP } from "node:net"
import type { Whereabouts } from "./places.ts"

export interface Prefix extends Whereabouts {
  net: string
  bits: number
}

/** `10.0.0.0/8=eu/telecom` by comma: network, region, carrier; either of these may be empty. Throws a sentence that says what is wrong. */
export function parsePrefixes(text: string): Prefix[] {
  return text
    .split(",")
    .filter((one) => one !== "")
    .map((one) => {
      const match = /^([0-9a-fA-F.:]+)\/(\d{1,3})=([^/]*)\/(.*)$/.exec(one)
      const [, net = "", bits = "", region = "", carrier = ""] = match ?? []
      const most = isIP(net) === 4 ? 32 : 128
      if (match === null || isIP(net) === 0 || Number(bits) > most)
        throw new Error(`${one} is no network/bits=region/carrier`)
      return { net, bits: Number(bits), region, carrier }
    })
}

/** Where an address is, by the longest prefix that fits; null: by none. */
export function createFinder(prefixes: readonly Prefix[]): (address: string) => Whereabouts | null {
  const all = [...prefixes]
    .sort((a, b) => b.bits - a.bits)
    .map(({ net, bits, region, carrier }) => {
      const list = new BlockList()
      list.addSubnet(net, bits, isIP(net) === 4 ? "ipv4" : "ipv6")
      return { list, at: { region, carrier } }
    })
  return (address) => {
    const plain = address.startsWith("::ffff:") ? address.slice(7) : address
    const kind = isIP(plain)
    if (kind === 0) return null
    return all.find(({ list }) => list.check(plain, kind === 4 ? "ipv4" : "ipv6"))?.at ?? null
  }
}
