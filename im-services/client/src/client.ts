/**
 * The client of the IM back end: keeps a connection, brings what is new into the store and what waits out of it. In: what people do, and
 * frames; out: the store, and calls of `onChange` and `onState`. Connecting is in talk/session.ts, the loops in talk/sync.ts and outbox.ts.
 */
import { type Clock, systemClock } from "./clock.ts"
import { Backoff } from "./connect/backoff.ts"
import { ChatError } from "./error.ts"
import { readMessages } from "./inbox/messages.ts"
import { State } from "./inbox/state.ts"
import {
  CHAT_METHODS as CHAT,
  type Device,
  type Group,
  isGroup,
  MOST_TEXT_BYTES,
  type Profile,
} from "./protocol/index.ts"
import type { ChatSummary, Commit, ContactEntry, GroupEntry, Message, Outgoing, Store, Update } from "./store/store.ts"
import { Outbox } from "./talk/outbox.ts"
import { Places } from "./talk/places.ts"
import { createPlay } from "./talk/play.ts"
import { Presence, type PresenceState } from "./talk/presence.ts"
import { SyncLoop } from "./talk/sync.ts"
import type { Transport } from "./transport/transport.ts"

export interface ClientOptions {
  store: Store
  transport: Transport
  appKey: string
  /** URL of dispatch. */
  dispatch?: string
  /** Addresses of accesses, where there is no dispatch: `host:port`, or `ws://…`. */
  addresses?: readonly string[]
  /** An access's address as it is reached from here; default: as dispatch names it. */
  toAddress?: (address: string) => string
  region?: string
  /** Network that the client is in, as a mobile carrier's name. */
  carrier?: string
  /** Of this client; default 0.1.0. */
  version?: string
  deviceName?: string
  /** Time between heartbeats, s; default 210 to 600, or what dispatch says. */
  heartbeat?: { minSec: number; maxSec: number }
  onState?: (state: ClientState) => void
  /** The store has taken this. */
  onChange?: (update: Update) => void
  onTrouble?: (error: unknown) => void
  clock?: Clock
  /** 0 to below 1, for jitter. */
  random?: () => number
  /** A new number for a message, 1 to 2^53 − 1; default: by the system's random source. */
  newId?: () => number
  fetch?: typeof fetch
}

export type ClientState = PresenceState

const DEFAULT_HEARTBEAT = { minSec: 210, maxSec: 600 }
const PAGE_MESSAGES = 50

export type ChatClient = Awaited<ReturnType<typeof createClient>>

/** Reads the store and, where it holds a ticket, begins to connect. Rejects when the store cannot be read. */
export async function createClient(options: ClientOptions) {
  const { store, transport, clock = systemClock, random = Math.random, newId = randomId } = options
  const saved = await store.open()
  const state = new State(saved)
  const features = new Set<string>()
  let unsentReads = new Map<number, number>()

  let committing: Promise<void> = Promise.resolve()
  const commit: Commit = (build) => {
    committing = committing
      .catch(() => undefined) // whoever asked for it was told
      .then(async () => {
        const update = await build()
        await store.apply(update)
        state.take(update)
        options.onChange?.(update)
      })
    return committing
  }
  const trouble = (error: unknown): void => options.onTrouble?.(error)
  const me = (): number => presence.account?.uid ?? 0
  const common = { store, state, clock, me, commit }
  const outbox = new Outbox({ ...common, backoff: new Backoff(random) })
  const sync = new SyncLoop({ ...common, backoff: new Backoff(random), trouble })
  const places = new Places({
    dispatch: options.dispatch ?? null,
    addresses: options.addresses ?? [],
    appKey: options.appKey,
    kind: transport.kind,
    region: options.region ?? "",
    carrier: options.carrier ?? "",
    version: options.version ?? "0.1.0",
    who: () => presence.account,
    toAddress: options.toAddress ?? ((address) => address),
    fetch: options.fetch ?? ((...given) => globalThis.fetch(...given)),
  })
  const presence = new Presence({
    ...{ store, transport, clock, random, places, trouble, state },
    appKey: options.appKey,
    version: options.version ?? "0.1.0",
    carrier: options.carrier ?? "",
    deviceName: options.deviceName ?? "",
    heartbeat: options.heartbeat ?? DEFAULT_HEARTBEAT,
    fixedHeartbeat: options.heartbeat !== undefined,
    account: saved.account,
    onState: (now) => options.onState?.(now),
    onConnection: (connection, behind) => {
      sync.use(connection)
      outbox.use(connection)
      if (connection === null) return
      if (behind) void sync.run()
      void sendReads()
    },
    onNotify: () => void sync.run(),
    onFeaturesOff: (names) => {
      features.clear()
      for (const name of names) features.add(name)
    },
    onCleared: () => {
      state.take({ restart: true, sent: [...state.outgoing.keys()] })
      options.onChange?.({ restart: true })
    },
  })

  /** Asks over the connection that there is. Rejects with ChatError. */
  const ask: typeof presence.ask = (method, request) => {
    if (features.has(method.name)) {
      return Promise.reject(new ChatError("feature_off", `cannot ${method.name}: the service has switched it off`))
    }
    return presence.ask(method, request)
  }

  const sendReads = async (): Promise<void> => {
    const reads = unsentReads
    unsentReads = new Map()
    for (const [chat, seq] of reads) {
      await ask(CHAT.read, { chat, seq }).catch((error: unknown) => {
        if (!(error instanceof ChatError && !error.retry))
          unsentReads.set(chat, Math.max(seq, unsentReads.get(chat) ?? 0))
      })
    }
  }

  const put = async (chat: number, text: string, recalls: number): Promise<Outgoing> => {
    if (me() === 0) throw new ChatError("not_logged_in", "cannot send: log in first")
    if (new TextEncoder().encode(text).length > MOST_TEXT_BYTES)
      throw new ChatError("too_large", `cannot send: the text is longer than ${MOST_TEXT_BYTES} bytes`)
    const outgoing = { clientId: newId(), chat, text, recalls, queuedAt: clock.now(), failed: "" }
    await outbox.add(outgoing)
    return outgoing
  }

  return {
    get state(): ClientState {
      return presence.state
    },
    get account() {
      return presence.account
    },
    /** Commands of the service that were obeyed, and those that were not, by why. */
    get commands() {
      return presence.commands
    },
    get profile() {
      return state.profile
    },
    /** Newest first. */
    chats: (): ChatSummary[] => [...state.chats.values()].sort((a, b) => b.lastAt - a.lastAt),
    contacts: (): ContactEntry[] => [...state.contacts.values()],
    groups: (): GroupEntry[] => [...state.groups.values()].filter(({ member }) => member),
    outgoing: (): Outgoing[] => [...state.outgoing.values()],
    /** Name of a user or group, where it is known; else its number. */
    nameOf: (chat: number): string => nameOf(state, chat),
    /** Those that are here, newest first, below the number `before`. */
    messages: (chat: number, before = Number.MAX_SAFE_INTEGER, limit = PAGE_MESSAGES): Promise<Message[]> =>
      store.messages(chat, before, limit),
    /** Fetches older messages from the service into the store; answers how many came. */
    history: async (chat: number, limit = PAGE_MESSAGES): Promise<number> => {
      const page = await ask(CHAT.history, { chat, before: await store.oldest(chat), limit })
      const read = readMessages(page, { key: new Uint8Array(0), me: me() })
      if (read.messages.length > 0)
        await commit(() => ({ messages: read.messages, recalls: read.recalls, older: true }))
      return read.messages.length
    },
    register: (name: string, password: string): Promise<number> => presence.register(name, password),
    login: (name: string, password: string): Promise<void> => presence.login(name, password),
    /** Ends this device's log-in; with `forget`, what is kept goes too. */
    logout: (forget = false): Promise<void> => presence.logout(forget),
    /** Ends the account for good, with all that is kept here. Friends and groups are to be left before: others keep what they have. */
    unregister: (password: string): Promise<void> => presence.unregister(password),
    /** Kept before it resolves, and sent as soon as that is possible. */
    send: (chat: number, text: string): Promise<Outgoing> => put(chat, text, 0),
    /** Takes an own message back. */
    recall: (message: Pick<Message, "chat" | "clientId">): Promise<Outgoing> => put(message.chat, "", message.clientId),
    /** Tries a refused message again, under the same number. */
    resend: async (clientId: number): Promise<void> => {
      const one = state.outgoing.get(clientId)
      if (one !== undefined) await outbox.add({ ...one, failed: "" })
    },
    discard: (clientId: number): Promise<void> => commit(() => ({ sent: [clientId] })),
    /** All of the chat is read. */
    markRead: async (chat: number): Promise<void> => {
      const isRead = ({ unread, readSeq, lastSeq }: ChatSummary): boolean => unread === 0 && readSeq >= lastSeq
      let readSeq = 0
      await commit(() => {
        const known = state.chats.get(chat)
        if (known === undefined || isRead(known)) return {}
        readSeq = known.lastSeq
        return { chats: [{ ...known, unread: 0, readSeq }] }
      })
      if (readSeq === 0) return
      unsentReads.set(chat, readSeq)
      void sendReads()
    },
    sync: (): Promise<void> => sync.run(),
    findUser: (name: string): Promise<Profile> => ask(CHAT.findUser, { name }),
    askFriend: (uid: number, greeting = "") => ask(CHAT.askFriend, { uid, greeting }),
    acceptFriend: (uid: number) => ask(CHAT.acceptFriend, { uid }),
    removeFriend: (uid: number) => ask(CHAT.removeFriend, { uid }),
    block: (uid: number) => ask(CHAT.block, { uid }),
    unblock: (uid: number) => ask(CHAT.unblock, { uid }),
    createGroup: (name: string, members: number[]): Promise<Group> => ask(CHAT.createGroup, { name, members }),
    getGroup: (gid: number): Promise<Group> => ask(CHAT.getGroup, { gid }),
    invite: (gid: number, members: number[]): Promise<Group> => ask(CHAT.invite, { gid, members }),
    leaveGroup: (gid: number) => ask(CHAT.leaveGroup, { gid }),
    setProfile: (about: string) => ask(CHAT.setProfile, { about }),
    devices: async (): Promise<Device[]> => (await ask(CHAT.devices, {})).devices,
    revoke: (device: number) => ask(CHAT.revoke, { device }),
    ...createPlay(ask, newId),
    /** Somebody is looking, or the network is back: connects now where it waits to; else asks whether the connection lives. */
    hurry: (): void => presence.hurry(),
    /** The system says that there is no network: the connection is given up at once, and tried again as after any loss. */
    networkLost: (): void => presence.networkLost(),
    stop: async (): Promise<void> => {
      presence.stop()
      await store.close()
    },
  }
}

function nameOf(state: State, chat: number): string {
  if (isGroup(chat)) return state.groups.get(chat)?.name ?? `group ${chat}`
  const contact = state.contacts.get(chat)?.name
  if (contact) return contact
  for (const { members } of state.groups.values()) {
    const member = members.find(({ uid }) => uid === chat)
    if (member !== undefined && member.name !== "") return member.name
  }
  return `user ${chat}`
}

/** 53 bits. */
function randomId(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return (high >>> 11) * 2 ** 32 + low || 1
}
