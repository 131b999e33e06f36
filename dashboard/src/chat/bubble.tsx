"use client"
import { RECALL_MS } from "@ossagent/im-client"
import { useEffect, useState } from "react"
import { Icon } from "../piece/icon.tsx"
import { formatInstant, formatMinute } from "../time/clock.ts"
import { useZone } from "../time/provider.tsx"
import { Avatar } from "./avatar.tsx"
import type { Said } from "./lines.ts"
import { Text } from "./text.tsx"
import { useAct } from "./use-act.ts"
import { useChat } from "./use-chat.ts"
import { wordsOf } from "./words.ts"

interface BubbleProps {
  chat: number
  said: Said
  /** Several people talk: each says who they are. */
  named: boolean
}

export function Bubble({ chat, said, named }: BubbleProps) {
  const client = useChat()
  const { mine, first, last, recalled, text, state } = said
  const name = mine ? "You" : client.nameOf(said.from)
  const look = recalled
    ? "border border-line border-dashed text-ink-3 italic"
    : mine
      ? `bg-accent text-accent-ink ${state === "failed" ? "opacity-60" : ""}`
      : "bg-surface border border-line"
  const corner = mine ? (last ? "rounded-br-sm" : "") : last ? "rounded-bl-sm" : ""
  return (
    <div
      data-testid="said"
      data-state={recalled ? "recalled" : state}
      className={`group flex gap-2 ${mine ? "flex-row-reverse" : ""} ${last ? "mb-2.5" : "mb-0.5"}`}
    >
      {named && !mine && (
        <span className="w-7 shrink-0 self-end">{last && <Avatar chat={said.from} name={name} size={28} />}</span>
      )}
      <div className={`flex min-w-0 max-w-[85%] flex-col sm:max-w-[70%] ${mine ? "items-end" : "items-start"}`}>
        {named && !mine && first && <div className="mb-0.5 px-1 font-medium text-ink-2 text-xs">{name}</div>}
        <div className={`min-w-0 max-w-full rounded-2xl px-3 py-1.5 ${corner} ${look}`}>
          <span className="sr-only">{name}: </span>
          {recalled ? (
            <span>{mine ? "You took this message back" : `${name} took this message back`}</span>
          ) : (
            <Text text={text} />
          )}
          <Foot said={said} />
        </div>
        <Troubles said={said} />
      </div>
      {mine && state === "sent" && !recalled && said.recall === null && <Recall chat={chat} said={said} />}
    </div>
  )
}

const STATES = { sending: ["clock", "On its way"], sent: ["check", "Sent"], failed: ["critical", "Not sent"] } as const

/** When it was said, and of an own one whether it is at the service. */
function Foot({ said: { at, state, recalled } }: { said: Said }) {
  const { zone } = useZone()
  const [icon, word] = state === "came" || recalled ? [null, ""] : STATES[state]
  return (
    <span className="float-right mt-1 ml-3 inline-flex items-center gap-1 text-[11px] leading-4 not-italic opacity-80">
      <time dateTime={new Date(at).toISOString()} title={formatInstant(at, zone)}>
        {formatMinute(at, zone)}
      </time>
      {icon !== null && (
        <span title={word}>
          <Icon name={icon} size={12} />
          <span className="sr-only">{word}</span>
        </span>
      )}
    </span>
  )
}

const LINK = "font-medium text-accent underline underline-offset-2"

/** What was refused, why, and what can be done. */
function Troubles({ said: { state, why, clientId, recall } }: { said: Said }) {
  const client = useChat()
  const act = useAct()
  if (recall?.state === "sending") return <p className="px-1 pt-0.5 text-ink-3 text-xs">Being taken back …</p>
  if (recall?.state === "failed")
    return (
      <p role="alert" className="px-1 pt-0.5 text-bad text-xs">
        It cannot be taken back: {wordsOf(recall.why) ?? recall.why}{" "}
        <button type="button" className={LINK} onClick={() => void act("", () => client.discard(recall.by))}>
          Dismiss
        </button>
      </p>
    )
  if (state !== "failed") return null
  return (
    <p role="alert" className="px-1 pt-0.5 text-right text-bad text-xs">
      Not sent: {wordsOf(why) ?? why}
      <span className="ml-2 inline-flex gap-2">
        <button type="button" className={LINK} onClick={() => void act("", () => client.resend(clientId))}>
          Try again
        </button>
        <button type="button" className={LINK} onClick={() => void act("", () => client.discard(clientId))}>
          Delete
        </button>
      </span>
    </p>
  )
}

/** Shown for two minutes after the message was sent. */
function Recall({ chat, said: { at, clientId } }: { chat: number; said: Said }) {
  const client = useChat()
  const act = useAct()
  const [may, setMay] = useState(() => Date.now() - at < RECALL_MS)
  useEffect(() => {
    const timer = setTimeout(() => setMay(false), Math.max(0, at + RECALL_MS - Date.now()))
    return () => clearTimeout(timer)
  }, [at])
  if (!may || clientId === 0) return null
  return (
    <button
      type="button"
      title="Take this message back, for everybody"
      onClick={() => void act("", () => client.recall({ chat, clientId }))}
      className="self-center rounded px-1.5 py-1 text-ink-3 text-xs underline-offset-2 opacity-0 hover:text-ink hover:underline focus-visible:opacity-100 group-hover:opacity-100 [@media(hover:none)]:opacity-100"
    >
      Take back
    </button>
  )
}
