import type { ServerCall } from "@ossagent/svrkit/rpc"
import type { AuthClient } from "../auth/generated/auth.client.ts"
import { BoundedMap } from "../bounded-map.ts"
import { translate } from "./translate.ts"

const MOST_KEPT = 100_000

/** Names of users, which never change: the 100,000 read last are kept. Throws `no_such_user`. */
export function createNames(auth: AuthClient) {
  const kept = new BoundedMap<number, string>(MOST_KEPT)
  return async (uid: number, call: ServerCall): Promise<string> => {
    const known = kept.get(uid)
    if (known !== undefined) return known
    const { name } = await translate(auth.getUser({ uid }, { under: call }))
    kept.set(uid, name)
    return name
  }
}

export type NameOf = ReturnType<typeof createNames>
