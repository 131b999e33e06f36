import type { ServerCall } from "@ossagent/svrkit/rpc"
import type { OptionalAuthClient } from "./auth/generated/auth.client.ts"
import { BoundedMap } from "./bounded-map.ts"

const MOST_KEPT = 100_000

/** Names of users, which never change: the 100,000 read last are kept. Empty where auth does not say one in time. */
export function createNames(auth: Pick<OptionalAuthClient, "getUser">) {
  const kept = new BoundedMap<number, string>(MOST_KEPT)
  const nameOf = async (uid: number, call?: ServerCall | null): Promise<string> => {
    const known = kept.get(uid)
    if (known !== undefined) return known
    const said = await auth.getUser({ uid }, call ? { under: call } : {})
    if (!said.ok) return ""
    kept.set(uid, said.reply.name)
    return said.reply.name
  }
  return {
    of: (uids: readonly number[], call?: ServerCall | null): Promise<string[]> =>
      Promise.all(uids.map((uid) => nameOf(uid, call))),
  }
}
