import { connect, type Socket } from "node:net"
import {
  CHAT_METHODS as CHAT,
  decodeFailure,
  encodePage,
  type Frame,
  FrameReader,
  parseFrame,
  REFUSED,
  REPLY,
  toFrame,
  toSyncKey,
  trySyncKey,
} from "@ossagent/im-client/protocol"
import { defineRpcService, startMixed } from "@ossagent/svrkit"
import { encode, type Method } from "@ossagent/svrkit/codec"
import { pino } from "pino"
import { WebSocket } from "ws"
import { authError, serveAuth } from "../auth/generated/auth.server.ts"
import { serveDispatch } from "../dispatch/generated/dispatch.server.ts"
import { serveMailbox } from "../mailbox/generated/mailbox.server.ts"
import type { SendRequest } from "../message/generated/message.codec.ts"
import { messageError, serveMessage } from "../message/generated/message.server.ts"
import { playError, servePlay } from "../play/generated/play.server.ts"
import { serveSocial } from "../social/generated/social.server.ts"
import { until } from "../until.ts"
import { createAccessClient } from "./generated/access.client.ts"
import { ACCESS } from "./generated/access.table.ts"
import { access } from "./service.ts"

export const APP_KEY = "an-app-key-for-tests"
/** Of every device here. */
export const COMMAND_KEY = new TextEncoder().encode("a-key-for-commands-in-these-tests")
const nothing = () => ({})

/** What the services behind access were asked, and what they answer next. */
export interface Behind {
  /** Newest number of each user. */
  seqs: Map<number, number>
  sent: SendRequest[]
  /** Sends that came. */
  asked: number
  /** Business and user priority of each call that came, by what it was for. */
  priorities: Map<string, { priority: number; user: number }>
  watched: Map<string, number>
  unwatched: number[]
  reports: { tcp: string; ws: string; draining: boolean }[]
  /** What dispatch answers to a report. */
  drain: { drainSec?: number; tcp?: string[]; ws?: string[] }
  mailboxRun: string
  /** Sends wait for this. */
  hold: Promise<unknown>
  pageBytes: number
}

/**
 * Access with services behind it that answer just what it needs: tickets are `uid/device`, each text that is sent raises its receiver's
 * number and notifies.
 */
export async function startAccess(env: Record<string, string> = {}) {
  const behind: Behind = {
    seqs: new Map(),
    sent: [],
    asked: 0,
    priorities: new Map(),
    watched: new Map(),
    unwatched: [],
    reports: [],
    drain: {},
    mailboxRun: "run-1",
    hold: Promise.resolve(),
    pageBytes: 0,
  }
  const services = [auth(behind), mailbox(behind), message(behind), social(), play(behind), dispatch(behind), access]
  const { running, stop } = await startMixed(
    services,
    {
      OSSAGENT_IM_APP_KEY: APP_KEY,
      OSSAGENT_IM_TCP_PORT: "0",
      OSSAGENT_IM_WS_PORT: "0",
      OSSAGENT_RPC_TOKEN: "a-token-that-services-share",
      ...env,
    },
    pino({ level: "silent" }),
  )
  const context = running.at(-1)?.context as NonNullable<(typeof running)[0]>["context"]
  const inside = createAccessClient(context.rpc.channel(ACCESS, []))
  await until("access reports", () => behind.reports.length > 0)
  const [place] = behind.reports as [Behind["reports"][0]]
  const port = Number(place.tcp.split(":")[1])
  return { behind, inside, stop, port, ws: place.ws, stopAccess: () => running.at(-1)?.stop() }
}

const auth = (_behind: Behind) =>
  defineRpcService({
    name: "auth",
    start: ({ rpc }) => {
      serveAuth(rpc, {
        check: ({ ticket }) => {
          const text = Buffer.from(ticket).toString()
          if (text === "expired") throw authError("expired_ticket", "cannot let you in: log in again")
          const match = /^(\d+)\/(\d+)$/.exec(text)
          if (match === null) throw authError("bad_ticket", "cannot let you in: the ticket is not genuine")
          return { uid: Number(match[1]), device: Number(match[2]), commandKey: COMMAND_KEY }
        },
        login: ({ name, password }) => {
          if (password !== "right") throw authError("wrong_password", "no such user, or another password")
          return {
            uid: Number(name),
            device: 1,
            ticket: Buffer.from(`${name}/1`),
            expiresAt: 9e12,
            commandKey: COMMAND_KEY,
          }
        },
        register: ({ name }) => ({ uid: Number(name) }),
        getUser: nothing,
        findUser: nothing,
        listDevices: ({ uid }) => ({ devices: [{ uid, device: 1, name: "phone", version: "1.0.0", seenAt: 5 }] }),
        revoke: nothing,
        unregister: nothing,
      })
    },
  })

const mailbox = (behind: Behind) =>
  defineRpcService({
    name: "mailbox",
    start: ({ rpc }) => {
      serveMailbox(rpc, {
        watch: ({ watchers }) => {
          for (const { uid } of watchers) {
            const name = `${behind.mailboxRun} ${uid}`
            behind.watched.set(name, (behind.watched.get(name) ?? 0) + 1)
          }
          const isBehind = (uid: number, key: Uint8Array) => (behind.seqs.get(uid) ?? 0) > (trySyncKey(key)?.seq ?? 0)
          return { run: behind.mailboxRun, behind: watchers.map(({ uid, key }) => isBehind(uid, key)) }
        },
        unwatch: ({ uids }) => {
          behind.unwatched.push(...uids)
          return {}
        },
        beat: () => ({ run: behind.mailboxRun, watched: 1_000_000 }),
        sync: ({ uid }, { priority, user }) => {
          behind.priorities.set("sync", { priority, user })
          const seq = behind.seqs.get(uid) ?? 0
          const texts = behind.pageBytes > 0 ? ["x".repeat(behind.pageBytes)] : []
          const page = encodePage({ key: toSyncKey({ epoch: 1, seq }), texts })
          return { page, seq, messages: 1, oldestAt: Date.now() }
        },
        append: nothing,
        putChanges: nothing,
        getChanges: nothing,
        history: nothing,
        find: () => ({ found: false, item: {} }),
        takeJobs: nothing,
        finishJobs: nothing,
        trim: nothing,
        clear: nothing,
      })
    },
  })

const message = (behind: Behind) =>
  defineRpcService({
    name: "message",
    start: ({ rpc }) => {
      const inside = createAccessClient(rpc.channel(ACCESS, []))
      serveMessage(rpc, {
        send: async (request, { priority, user }) => {
          behind.asked++
          behind.priorities.set("send", { priority, user })
          await behind.hold
          if (request.text === "crash") throw new Error("a secret of ours")
          if (request.text === "enemy") throw messageError("not_friends", "the other has not accepted you")
          behind.sent.push(request)
          const seq = (behind.seqs.get(request.chat) ?? 0) + 1
          behind.seqs.set(request.chat, seq)
          const told = { uids: [request.chat], seqs: [seq], committedAt: Date.now() }
          await inside.notify(told).catch(() => undefined)
          return { seq, at: 1 }
        },
        recall: nothing,
        read: nothing,
        syncGroup: nothing,
        history: nothing,
      })
    },
  })

const social = () =>
  defineRpcService({
    name: "social",
    start: ({ rpc }) => {
      serveSocial(rpc, {
        findUser: ({ name }) => ({ uid: 7, name, about: "found" }),
        createGroup: ({ uid, name, members }) => ({
          gid: 2 ** 40,
          name,
          owner: uid,
          members: [uid, ...members].map((one) => ({ uid: one, name: `user ${one}` })),
        }),
        askFriend: nothing,
        acceptFriend: nothing,
        removeFriend: nothing,
        block: nothing,
        unblock: nothing,
        setProfile: nothing,
        getGroup: nothing,
        invite: nothing,
        leaveGroup: nothing,
        welcome: nothing,
      })
    },
  })

const play = (behind: Behind) =>
  defineRpcService({
    name: "play",
    start: ({ rpc }) => {
      servePlay(rpc, {
        nearby: ({ place }) => ({ people: [{ uid: 7, name: "near", metres: Math.round(place?.lat ?? 0) * 100 }] }),
        shake: ({ shake }, { priority, user }) => {
          behind.priorities.set("shake", { priority, user })
          if (shake === 13) throw playError("slow_down", "cannot shake so often", { retryAfterMs: 700 })
          return { uid: 7, name: "shaker", metres: 100 }
        },
        throwBottle: () => {
          throw playError("enough", "6 bottles can be thrown a day")
        },
        pickBottle: () => ({ bottle: 5, text: "hello", at: 1, left: 2, until: 3 }),
        replyBottle: nothing,
      })
    },
  })

const dispatch = (behind: Behind) =>
  defineRpcService({
    name: "dispatch",
    start: ({ rpc }) => {
      serveDispatch(rpc, {
        report: ({ tcp, ws, draining }) => {
          behind.reports.push({ tcp, ws, draining })
          return behind.drain
        },
        accesses: nothing,
        drain: () => ({ found: true }),
      })
    },
  })

/** A client that speaks frames and does nothing by itself. */
export class RawClient {
  /** Frames that came and were not awaited. */
  readonly frames: Frame[] = []
  closed = false
  bytesIn = 0
  bytesOut = 0
  private nextId = 1
  private readonly write: (frame: Uint8Array) => void
  private readonly cut: () => void
  private readonly withLength: boolean

  constructor(write: (frame: Uint8Array) => void, cut: () => void, withLength: boolean) {
    this.write = write
    this.cut = cut
    this.withLength = withLength
  }

  send(op: number, body: Uint8Array, id = this.nextId++): number {
    const frame = toFrame(op, id, body, this.withLength)
    this.raw(frame)
    return id
  }

  raw(bytes: Uint8Array): void {
    this.bytesOut += bytes.length
    this.write(bytes)
  }

  /** The reply's body; rejects with the failure's code. */
  async ask<Q, QI, R, RI>(method: Method<Q, QI, R, RI>, request: QI): Promise<Uint8Array> {
    const id = this.send(method.number, encode(method.request, request))
    const { op, body } = await this.take((frame) => frame.id === id && (frame.op === REPLY || frame.op === REFUSED))
    if (op === REFUSED) throw new Error(decodeFailure(body).code)
    return body
  }

  hello(uid: number, device = 1, seq = 0, version = "8.0.1"): Promise<Uint8Array> {
    const key = seq === 0 ? new Uint8Array(0) : toSyncKey({ epoch: 1, seq })
    return this.ask(CHAT.hello, { ticket: Buffer.from(`${uid}/${device}`), key, version })
  }

  /** The first frame that fits, now or within 10 s. */
  async take(fits: (frame: Frame) => boolean): Promise<Frame> {
    await until("the frame comes", () => this.frames.some(fits) || this.closed)
    const at = this.frames.findIndex(fits)
    if (at < 0) throw new Error("the connection ended")
    return this.frames.splice(at, 1)[0] as Frame
  }

  /** The code with which the server ended the connection. */
  async ending(): Promise<string> {
    await until("the connection ends", () => this.closed)
    const last = this.frames.find(({ op, id }) => op === REFUSED && id === 0)
    return last === undefined ? "" : decodeFailure(last.body).code
  }

  close(): void {
    this.cut()
  }
}

export async function openTcp(port: number): Promise<RawClient & { socket: Socket }> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true })
  const client = new RawClient(
    (frame) => socket.write(frame),
    () => socket.destroy(),
    true,
  )
  const reader = new FrameReader(1 << 20)
  socket.on("data", (chunk) => {
    client.bytesIn += chunk.length
    reader.push(chunk, (frame) => client.frames.push(frame) > 0)
  })
  socket.on("error", () => undefined)
  socket.on("close", () => {
    client.closed = true
  })
  await new Promise((resolve) => socket.once("connect", resolve))
  return Object.assign(client, { socket })
}

export async function openWs(url: string, origin?: string): Promise<RawClient & { ws: WebSocket }> {
  const ws = new WebSocket(url, { perMessageDeflate: false, ...(origin === undefined ? {} : { origin }) })
  const client = new RawClient(
    (frame) => ws.send(frame),
    () => ws.terminate(),
    false,
  )
  ws.on("message", (data: Buffer) => {
    client.bytesIn += data.length
    client.frames.push(parseFrame(data))
  })
  ws.on("close", () => {
    client.closed = true
  })
  await new Promise((resolve, reject) => {
    ws.once("open", resolve)
    ws.once("error", reject)
  })
  ws.on("error", () => undefined)
  return Object.assign(client, { ws })
}
