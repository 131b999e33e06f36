/**
 * What happened, for judging: what clients tried and were told (`attempts`), what each device read page by page (`devices`), what is stored in
 * the end (`users`). `judge.ts` looks at it with one function for each promise. Times are ms of one clock.
 */

/** A row of a mailbox. */
export interface Row {
  seq: number
  from: number
  clientId: number
  chat: number
  kind: number
  flags: number
  /** Of a recall: the number of what it takes back. */
  ref: number
  /** Empty when it was taken back. */
  text: string
}

/** The newest state of a subject. */
export interface State {
  seq: number
  topic: number
  subject: number
  state: number
  /** Base64. */
  value: string
}

export interface Stored {
  uid: number
  rows: Row[]
  states: State[]
}

/** A message as a device got it; of others' messages it learns no client id. */
export type SeenRow = Omit<Row, "clientId"> & { ownId: number | null }
export type SeenState = Omit<State, "seq">

/** One answer to a sync. */
export interface SeenPage {
  /** The number of the key asked with; null: without a key. */
  asked: number | null
  /** The number of the next key. */
  seq: number
  restart: boolean
  rows: SeenRow[]
  states: SeenState[]
}

/** A message as it lies in the store of a device. */
export interface Kept {
  chat: number
  seq: number
  /** Empty when it was taken back. */
  text: string
}

export interface Device {
  uid: number
  name: string
  pages: SeenPage[]
  /** What its user would be shown in the end. */
  kept: Kept[]
}

/** `acked`: told that it is done. `refused`: told that it is not. `unknown`: never told. */
export type Outcome = "acked" | "refused" | "unknown"

export interface Attempt {
  uid: number
  chat: number
  clientId: number
  /** Of a message; every message's is another one. */
  text: string
  /** Of a recall: the client id of what it takes back. 0: it is a message. */
  recalls: number
  begunAt: number
  endedAt: number
  outcome: Outcome
  /** Why it was refused; empty: it was not. */
  code: string
  /** It was asked once, so a refusal means that nothing was done. */
  once: boolean
  /** What was answered. */
  seq: number
}

/** A user's one stay in a group. Infinity: has not happened. */
export interface Stay {
  gid: number
  uid: number
  /** Whoever brought the user in began to, and was told that it is done. */
  joinBegunAt: number
  joinedAt: number
  leaveBegunAt: number
  leftAt: number
}

/** A time during which one user blocks another: takes no messages from them. Infinity: has not happened. */
export interface Block {
  by: number
  peer: number
  begunAt: number
  doneAt: number
  endBegunAt: number
  endedAt: number
}

export interface History {
  users: Stored[]
  devices: Device[]
  attempts: Attempt[]
  stays: Stay[]
  blocks: Block[]
}

export interface Fault {
  kind: "lost" | "twice" | "order" | "skipped" | "disagree" | "falls" | "invented" | "refused" | "ended"
  uid: number
  what: string
  /** The message that it is about: whose, and its client id. */
  about?: { uid: number; clientId: number }
}

export const RECALLED = 2
export const KIND_RECALL = 1
export const isText = ({ recalls }: Attempt): boolean => recalls === 0
