/**
 * What users do, as events of the correlated statistics (funnels, retention, activity): one line for each request that is an act of a person,
 * told once it has succeeded. Syncs, heartbeats and reads are none; probe users are no people.
 */
import type { Agent } from "@ossagent/agent"
import { CHAT_METHODS as CHAT, isGroup } from "@ossagent/im-client/protocol"
import type { Method } from "@ossagent/svrkit/codec"
import { PROBE_NAME, PROBE_VERSION } from "../probe/mark.ts"

type Props = Readonly<Record<string, string>>

/** An act, and what is told of it. */
export interface UserEvent {
  name: string
  propsOf: (request: unknown) => Props
}

const NONE: Props = {}
const TO_PERSON: Props = { kind: "person" }
const TO_GROUP: Props = { kind: "group" }
const ANSWERED: Props = { kind: "answered" }
const LET_GO: Props = { kind: "let_go" }

const event = <Q, QI, R, RI>(
  method: Method<Q, QI, R, RI>,
  name: string,
  propsOf: (request: Q) => Props = () => NONE,
): [number, UserEvent] => [method.number, { name, propsOf: propsOf as UserEvent["propsOf"] }]

/** By the request's number. */
export const EVENTS: ReadonlyMap<number, UserEvent> = new Map([
  event(CHAT.register, "register"),
  event(CHAT.login, "login"),
  event(CHAT.hello, "open"),
  event(CHAT.send, "send", ({ chat }) => (isGroup(chat) ? TO_GROUP : TO_PERSON)),
  event(CHAT.recall, "recall"),
  event(CHAT.askFriend, "friend.ask"),
  event(CHAT.acceptFriend, "friend.accept"),
  event(CHAT.createGroup, "group.create"),
  event(CHAT.invite, "group.invite"),
  event(CHAT.leaveGroup, "group.leave"),
  event(CHAT.setProfile, "profile"),
  event(CHAT.nearby, "nearby"),
  event(CHAT.shake, "shake"),
  event(CHAT.throwBottle, "bottle.throw"),
  event(CHAT.pickBottle, "bottle.pick"),
  event(CHAT.unregister, "unregister"),
  event(CHAT.replyBottle, "bottle.reply", ({ text }) => (text === "" ? LET_GO : ANSWERED)),
])

/** Who did it. */
export interface Actor {
  uid: number
  /** Of the client; empty where it is not known. */
  version: string
  /** Where it is known. */
  name?: string
}

export type TellEvent = (event: UserEvent, actor: Actor, request: unknown) => void

/** Hands events to the agent, which takes 10,000 a flush and counts what is beyond. */
export const createTellEvent =
  (agent: Pick<Agent, "event">): TellEvent =>
  ({ name, propsOf }, actor, request) => {
    if (actor.version === PROBE_VERSION || actor.name?.startsWith(PROBE_NAME)) return
    agent.event(name, String(actor.uid), propsOf(request), actor.version)
  }
