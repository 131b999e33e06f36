/** The IM: the alarm account writes to persons and to the on-call group, and hears their replies. */
import type { Message, Update } from "@ossagent/im-client/node"
import type { Logger } from "pino"
import { createAccount, type ImAccount } from "../im/account.ts"
import { createPeople, type People } from "../im/people.ts"
import { createReplies, type OnReply } from "../im/replies.ts"
import type { ImStore } from "../im/store.ts"
import { type Channel, toChannelError } from "./channel.ts"

export interface ImSettings {
  /** URL of dispatch. */
  dispatch: string
  appKey: string
  /** The alarm account: made at first start. */
  account: string
  password: string
}

export interface ImDeps {
  store: ImStore
  onReply: OnReply
  log: Logger
  /** Unix ms. */
  now: () => number
  /** How often it looks whether it is on line and who is new; default 5 s. */
  lookMs?: number
}

const LOOK_MS = 5_000
/** Bytes; the IM takes 16,384. */
const MOST_CHARS = 4_000

export async function createIm({ account: name, ...settings }: ImSettings, deps: ImDeps): Promise<Channel> {
  let trouble: string | null = "it is not on line yet"
  let hear: (message: Message) => Promise<void> = async () => undefined
  let hearing: Promise<void> = Promise.resolve()
  const onUpdate = ({ messages, older }: Update): void => {
    if (older || !messages) return
    for (const message of messages) hearing = hearing.then(() => hear(message)) // one after the other; never rejects
  }
  const account = await createAccount({ ...settings, name, onUpdate })
  const people = createPeople(account)
  hear = createReplies({ account, ...deps })
  const keep = startKeeping({ account, people, ...deps }, (why) => {
    trouble = why
  })
  return {
    kind: "im",
    receipts: false,
    trouble: () => trouble,
    send: async ({ to, text, key }, signal) => {
      try {
        await account.ready(signal)
        const chat = to === "" ? await people.groupOf(await deps.store.readCircle()) : await people.uidOf(to)
        await account.say(chat, text.slice(0, MOST_CHARS), key, signal)
        return { delivered: false }
      } catch (error) {
        throw toChannelError(error, "write in the IM")
      }
    },
    stop: async () => {
      keep.stop()
      await account.stop()
    },
  }
}

interface Kept extends ImDeps {
  account: ImAccount
  people: People
}

/** Stays on line so that replies are heard, and gets to know who is new. */
function startKeeping(
  { account, people, store, log, lookMs = LOOK_MS }: Kept,
  onLook: (trouble: string | null) => void,
) {
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let said: string | null = null
  const look = async (): Promise<void> => {
    let trouble: string | null = null
    try {
      await account.ready(stopping.signal)
      await people.meet(await store.readCircle())
    } catch (error) {
      trouble = (error as Error).message
    }
    if (stopping.signal.aborted) return
    if (trouble !== said) log.info({ why: trouble ?? "on line" }, "the alarm account in the IM")
    said = trouble
    onLook(trouble)
    timer = setTimeout(() => void look(), lookMs).unref()
  }
  void look() // never rejects
  return {
    stop: () => {
      stopping.abort(new Error("the service stops"))
      clearTimeout(timer)
    },
  }
}
