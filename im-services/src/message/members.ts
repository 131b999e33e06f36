import { RpcError, type ServerCall } from "@ossagent/svrkit/rpc"
import { messageError } from "./generated/message.server.ts"
import type { Deps } from "./store.ts"

/** Whom a message of `uid` to a group is for. Throws `no_such_group` unless `uid` is in it. */
export async function membersOf(
  { social }: Deps,
  uid: number,
  gid: number,
  call: ServerCall,
): Promise<{ members: number[]; large: boolean }> {
  try {
    const group = await social.getGroup({ uid, gid }, { under: call })
    return {
      members: group.members.map((member) => member.uid).filter((member) => group.large || member !== uid),
      large: group.large,
    }
  } catch (error) {
    if (error instanceof RpcError && error.code === "no_such_group") throw messageError("no_such_group", error.message)
    if (error instanceof RpcError && error.retry)
      throw messageError("unavailable", error.message, { retryAfterMs: error.retryAfterMs })
    throw error
  }
}
