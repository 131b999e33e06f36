import { CHAT_ERRORS, decodeCommand } from "@ossagent/im-client/protocol"
import type { RpcDoor } from "@ossagent/svrkit"
import { serveAccess } from "./generated/access.server.ts"
import type { Session } from "./session.ts"
import type { SessionTable } from "./table.ts"

/** Calls of other services: what they tell their users. */
export function serveInside(rpc: RpcDoor, table: SessionTable): void {
  const each = (uid: number, device: number, tell: (session: Session) => void): { count: number } => {
    const sessions = [...table.of(uid)].filter((one) => device === 0 || one.device === device)
    for (const session of sessions) tell(session)
    return { count: sessions.length }
  }
  serveAccess(rpc, {
    notify: ({ uids, seqs, committedAt, origins }) => {
      let count = 0
      for (const [at, uid] of uids.entries()) {
        const seq = seqs[at] ?? Number.MAX_SAFE_INTEGER
        for (let session = table.firstOf(uid); session !== null; session = session.sibling) {
          if (seq <= session.seq || session.device === origins[at]) continue
          session.notify(seq, committedAt)
          count++
        }
      }
      return { count }
    },
    kick: ({ uid, device, code }) =>
      each(uid, device, (session) =>
        session.end({ code: toCode(code), message: "cannot go on: this device was logged out" }),
      ),
    command: ({ uid, device, command }) => {
      const { order: _order, mac: _mac, ...plain } = decodeCommand(command)
      return each(uid, device, (session) => session.command(plain))
    },
    count: () => ({ count: table.count }),
  })
}

const toCode = (code: string): keyof typeof CHAT_ERRORS =>
  Object.hasOwn(CHAT_ERRORS, code) ? (code as keyof typeof CHAT_ERRORS) : "revoked_ticket"
