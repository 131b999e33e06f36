/** The alarm account in the IM: a client like any other, made at first start, kept on line, that says one thing at a time and hears what comes. */
import { createHash } from "node:crypto"
import {
  type ChatClient,
  ChatError,
  createClient,
  MemoryStore,
  tcpTransport,
  type Update,
} from "@ossagent/im-client/node"
import { ChannelError, toAborted } from "../channel/channel.ts"

export interface AccountOptions {
  /** URL of dispatch. */
  dispatch: string
  appKey: string
  name: string
  password: string
  onUpdate: (update: Update) => void
}

export interface ImAccount {
  client: ChatClient
  /** Resolves when it is on line and knows its contacts and groups. Throws ChannelError soon when it cannot be. */
  ready: (signal: AbortSignal) => Promise<void>
  /** Resolves when the service has taken it. The same key is the same message, however often it is said. Throws ChannelError. */
  say: (chat: number, text: string, key: string, signal: AbortSignal) => Promise<void>
  stop: () => Promise<void>
}

const WHAT = "write in the IM"
/** An IM that lets nobody in within this time is away: the next channel must not wait. */
const ENTER_MS = 3_000
const LOGOUT_MS = 1_000
const DEVICE = "alerting"

export async function createAccount({
  dispatch,
  appKey,
  name,
  password,
  onUpdate,
}: AccountOptions): Promise<ImAccount> {
  const waiting = new Map<number, { resolve: () => void; reject: (error: ChannelError) => void }>()
  let nextId: number | null = null
  const take = (update: Update): void => {
    for (const id of update.sent ?? []) waiting.get(id)?.resolve()
    for (const { clientId, failed } of update.outgoing ?? [])
      if (failed !== "") settleFailed(waiting.get(clientId), failed)
    onUpdate(update)
  }
  const client = await createClient({
    store: new MemoryStore(),
    transport: tcpTransport(),
    ...{ dispatch, appKey, deviceName: DEVICE, onChange: take },
    newId: () => nextId ?? 1 + Math.floor(Math.random() * (Number.MAX_SAFE_INTEGER - 1)),
  })
  let entering: Promise<void> | null = null
  const enter = (): Promise<void> => {
    entering ??= logIn(client, name, password).finally(() => {
      entering = null
    })
    return entering
  }
  return {
    client,
    ready: async (signal) => {
      if (client.state.is === "online") return
      client.hurry()
      const entered = client.state.is === "out" ? enter() : untilOnline(client)
      await within(entered, ENTER_MS, signal)
    },
    say: async (chat, text, key, signal) => {
      const id = toClientId(key)
      const taken = new Promise<void>((resolve, reject) => waiting.set(id, { resolve, reject }))
      taken.catch(() => undefined) // whoever waits is told below
      try {
        nextId = id
        const sending = client.send(chat, text)
        nextId = null
        await sending
        await orAborted(taken, signal)
      } catch (error) {
        throw toImError(error)
      } finally {
        nextId = null
        waiting.delete(id)
        await client.discard(id)
      }
    },
    stop: async () => {
      // the device goes, unless the IM is away: it is the newest of 32, and old ones go by themselves
      if (client.state.is === "online") await Promise.race([client.logout().catch(() => undefined), sleep(LOGOUT_MS)])
      await client.stop()
    },
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref())

/** Without an account it makes one. The first look at what is there belongs to it. */
async function logIn(client: ChatClient, name: string, password: string): Promise<void> {
  await client.login(name, password).catch(async (error: unknown) => {
    if (!(error instanceof ChatError && error.code === "wrong_password")) throw error
    await client.register(name, password)
    await client.login(name, password)
  })
  await client.sync()
}

const POLL_MS = 50

async function untilOnline(client: ChatClient): Promise<void> {
  while (client.state.is !== "online") {
    if (client.state.is === "out" || client.state.is === "stopped") throw new ChatError("offline", "it is logged out")
    await sleep(POLL_MS)
  }
}

/** 53 bits that are the same for the same key. */
export function toClientId(key: string): number {
  const digest = createHash("sha256").update(key).digest()
  return (digest.readUInt32BE(0) >>> 11) * 2 ** 32 + digest.readUInt32BE(4) || 1
}

/** Another text under this id: an earlier try was taken, and what it says has changed since. */
const TAKEN_BEFORE = "same_id"

function settleFailed(
  waiter: { resolve: () => void; reject: (error: ChannelError) => void } | undefined,
  code: string,
): void {
  if (code === TAKEN_BEFORE) waiter?.resolve()
  else waiter?.reject(new ChannelError(`cannot ${WHAT}: it was refused: ${code}`, { retry: false }))
}

function within(work: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  // Held by its timer: a timeout that only AbortSignal.any knows is collected as garbage in Node 20.
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), ms)
  return orAborted(work, AbortSignal.any([signal, late.signal]))
    .catch((error: unknown) => {
      if (signal.aborted) throw toAborted(signal, WHAT)
      if (late.signal.aborted)
        throw new ChannelError("cannot reach the IM: it let nobody in", { retry: true, away: true })
      throw toImError(error)
    })
    .finally(() => clearTimeout(timer))
}

function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(toAborted(signal, WHAT))
    if (signal.aborted) onAbort()
    signal.addEventListener("abort", onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort))
  })
}

/** Translates what the client says. A wrong password of ours may be put right by people: it is away until then. */
export function toImError(error: unknown): ChannelError {
  if (error instanceof ChannelError) return error
  const { message } = error as Error
  if (!(error instanceof ChatError))
    return new ChannelError(`cannot ${WHAT}: ${message}`, { retry: true, away: true, cause: error })
  const { code, retry, retryAfterMs } = error
  const ours = code === "wrong_password" || code === "name_taken" || code === "wrong_app_key"
  const why = code === "name_taken" ? "its account has another password" : message
  return new ChannelError(`cannot ${WHAT}: ${why}`, {
    retry: retry || ours,
    away: (retry && code !== "slow_down") || ours,
    ...(retryAfterMs > 0 ? { retryAfterMs } : {}),
    cause: error,
  })
}
