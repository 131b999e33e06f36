import type { RpcDoor } from "@ossagent/svrkit"
import { targetsOf } from "../targets.ts"
import { createSeqClient as createCalls } from "./generated/seq.client.ts"
import { SEQ } from "./generated/seq.table.ts"

export const seqSettings = {
  seq: targetsOf("seq"),
}

export interface SeqClient {
  /** The last of `counts[i]` new numbers of `uids[i]`; the others precede it without a gap. */
  allocate: (uids: readonly number[], counts: readonly number[]) => Promise<number[]>
}

export function createSeqClient({ rpc, config }: { rpc: RpcDoor; config: { seq: readonly string[] } }): SeqClient {
  const calls = createCalls(rpc.channel(SEQ, config.seq))
  return { allocate: async (uids, counts) => (await calls.allocate({ uids, counts })).lasts }
}
