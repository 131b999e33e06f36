import type { RpcDoor } from "@ossagent/svrkit"
import { createAccessClient } from "../access/generated/access.client.ts"
import { ACCESS } from "../access/generated/access.table.ts"
import type { Log } from "../loop/every.ts"
import type { Revocation } from "./generated/auth.codec.ts"

const KICK_MS = 2_000

/** Ends the connections of devices that were logged out, at every access; one that does not answer lets them live until they come back. */
export function createKick(rpc: RpcDoor, targets: readonly string[], log: Log) {
  const doors = targets.map((target) => createAccessClient(rpc.channel(ACCESS, [target])))
  const kick = async (uid: number, device: number): Promise<void> => {
    const calls = doors.map((door) => door.kick({ uid, device, code: "revoked_ticket" }, { timeoutMs: KICK_MS }))
    for (const result of await Promise.allSettled(calls)) {
      if (result.status === "rejected")
        log.warn({ uid, why: String(result.reason) }, "cannot kick a device at an access")
    }
  }
  return ({ uid, device, upTo }: Revocation): Promise<void> => kick(uid, upTo ? 0 : device)
}
