import type { RpcDoor } from "@ossagent/svrkit"
import type { Log } from "../loop/every.ts"
import type { Revocation } from "./generated/auth.codec.ts"
import { authNeeds } from "./generated/auth.needs.ts"

/** Ends the connections of devices that were logged out, at every access; one that does not answer lets them live until they come back. */
export function createKick(rpc: RpcDoor, targets: readonly string[], log: Log) {
  const doors = targets.map((target) => authNeeds.access(rpc, [target]))
  const kick = async (uid: number, device: number): Promise<void> => {
    const calls = doors.map((door) => door.kick({ uid, device, code: "revoked_ticket" }))
    for (const result of await Promise.all(calls)) {
      if (!result.ok) log.warn({ uid, why: String(result.why) }, "cannot kick a device at an access")
    }
  }
  return ({ uid, device, upTo }: Revocation): Promise<void> => kick(uid, upTo ? 0 : device)
}
