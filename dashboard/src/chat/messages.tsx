"use client"
import { isGroup } from "@ossagent/im-client"
import { useEffect, useRef, useState } from "react"
import { Icon } from "../piece/icon.tsx"
import { SkeletonRows } from "../piece/panel.tsx"
import { useNow, useZone } from "../time/provider.tsx"
import { Bubble } from "./bubble.tsx"
import { toLines } from "./lines.ts"
import { useChat } from "./use-chat.ts"
import { useMessages } from "./use-messages.ts"
import { useStick } from "./use-stick.ts"

/** What was said in a chat, and what is on its way. */
export function Messages({ chat, name }: { chat: number; name: string }) {
  const client = useChat()
  const { zone } = useZone()
  const now = useNow(60_000)
  const { messages, outgoing, older, fetchOlder } = useMessages(chat)
  const summary = client.chats().find((one) => one.chat === chat)
  const unread = summary?.unread ?? 0
  const looking = useLooking()
  const [unreadAfter, setUnreadAfter] = useState(() => (unread > 0 ? (summary?.readSeq ?? 0) : null))
  const lines = toLines({ messages: messages ?? [], outgoing, zone, now: now || Date.now(), unreadAfter })
  const online = client.state.is === "online"
  const onTop = (): void => {
    if (older.is === "more" && messages !== null && online) fetchOlder()
  }
  const { ref, onScroll, atEnd, toEnd } = useStick({
    first: lines[0]?.key ?? "",
    last: lines.at(-1)?.key ?? "",
    onTop,
  })

  // what fits on the screen cannot be scrolled: the service may have more all the same
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each page that came
  useEffect(() => {
    const box = ref.current
    if (box !== null && box.scrollHeight <= box.clientHeight) onTop()
  }, [messages?.length, older.is, online])

  useEffect(() => {
    if (unread > 0 && looking && atEnd) void client.markRead(chat)
  }, [client, chat, unread, looking, atEnd])
  // what comes while nobody looks gets a mark of its own
  const readSeq = summary?.readSeq ?? 0
  useEffect(() => {
    if (unread === 1 && !looking) setUnreadAfter(readSeq)
  }, [unread, looking, readSeq])
  // who has answered has read
  const written = outgoing.length
  const before = useRef(written)
  useEffect(() => {
    if (written > before.current) {
      setUnreadAfter(null)
      toEnd()
    }
    before.current = written
  }, [written, toEnd])

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={ref}
        onScroll={onScroll}
        data-testid="messages"
        className="h-full overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        <div className="flex min-h-full flex-col justify-end px-3 py-4 sm:px-5">
          <Older older={older} empty={lines.length === 0} onMore={fetchOlder} />
          {messages === null && <SkeletonRows count={3} />}
          {messages !== null && lines.length === 0 && older.is !== "coming" && (
            <p className="py-6 text-center text-[13px] text-ink-3">Nothing was said yet. Say something to {name}.</p>
          )}
          <div role="log" aria-label={`Messages with ${name}`} aria-live="polite">
            {lines.map((line) => {
              if (line.is === "said") return <Bubble key={line.key} chat={chat} said={line} named={isGroup(chat)} />
              if (line.is === "unread") return <Mark key={line.key} text="New" strong />
              return <Mark key={line.key} text={line.text} plain={line.is === "notice"} />
            })}
          </div>
        </div>
      </div>
      {!atEnd && lines.length > 0 && (
        <button
          type="button"
          onClick={toEnd}
          className={`absolute bottom-3 left-1/2 flex min-h-8 -translate-x-1/2 items-center gap-1.5 rounded-full px-3 font-medium text-[13px] shadow-high ${unread > 0 ? "bg-accent text-accent-ink" : "border border-line bg-surface text-ink-2"}`}
        >
          <Icon name="down" size={14} />
          {unread > 0 ? `${unread} new ${unread === 1 ? "message" : "messages"}` : "To the newest"}
        </button>
      )}
    </div>
  )
}

function Older({
  older,
  empty,
  onMore,
}: {
  older: ReturnType<typeof useMessages>["older"]
  empty: boolean
  onMore: () => void
}) {
  if (older.is === "coming") return <p className="py-2 text-center text-ink-3 text-xs">Fetching older messages …</p>
  if (older.is === "failed")
    return (
      <p className="py-2 text-center text-ink-3 text-xs">
        Older messages did not come: {older.why}{" "}
        <button type="button" onClick={onMore} className="font-medium text-accent underline underline-offset-2">
          Try again
        </button>
      </p>
    )
  if (older.is === "none" && !empty)
    return <p className="py-2 text-center text-ink-3 text-xs">This is the beginning.</p>
  return null
}

/** A line between messages: a day, what happened in a group, or where the new ones begin. */
function Mark({ text, plain = false, strong = false }: { text: string; plain?: boolean; strong?: boolean }) {
  if (plain) return <p className="py-1.5 text-center text-ink-3 text-xs">{text}</p>
  return (
    <div
      data-start={strong ? "" : undefined}
      className={`flex items-center gap-3 py-3 text-xs ${strong ? "font-semibold text-accent" : "text-ink-3"}`}
    >
      <span className={`h-px flex-1 ${strong ? "bg-accent/40" : "bg-line"}`} />
      {text}
      <span className={`h-px flex-1 ${strong ? "bg-accent/40" : "bg-line"}`} />
    </div>
  )
}

/** Whether the page is in front of somebody. */
function useLooking(): boolean {
  const [looking, setLooking] = useState(true)
  useEffect(() => {
    const read = (): void => setLooking(document.visibilityState === "visible")
    read()
    document.addEventListener("visibilitychange", read)
    return () => document.removeEventListener("visibilitychange", read)
  }, [])
  return looking
}
