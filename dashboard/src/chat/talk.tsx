"use client"
import { type KeyboardEvent, useEffect, useRef } from "react"
import { Empty } from "../piece/panel.tsx"
import { ConnectionLine } from "./connectionline.tsx"
import { Conversation } from "./conversation.tsx"
import { List } from "./list.tsx"
import { Middle } from "./middle.tsx"
import { toRows, unreadIn } from "./rows.ts"
import { useChat } from "./use-chat.ts"
import { usePlace } from "./use-place.ts"
import { useTarget } from "./use-target.ts"

/** List and conversation beside each other; on a narrow screen one of them. */
export function Talk() {
  const client = useChat()
  const rows = toRows(client)
  const [place, open] = usePlace()
  const target = useTarget(place)
  const wantsFocus = useRef(false)
  useUnreadTitle(unreadIn(rows))
  const chat = target.is === "found" ? target.chat : 0

  /** To the conversation above or below in the list. */
  function step(event: KeyboardEvent): void {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
    if (by === 0 || !event.altKey) return
    event.preventDefault()
    const row = rows[rows.findIndex((one) => one.chat === chat) + by]
    if (row === undefined) return
    wantsFocus.current = true
    open(row.chat, { replace: true })
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys that reach past the field that is written in
    <div className="flex min-h-0 flex-1 flex-col" onKeyDown={step}>
      <ConnectionLine />
      <div className="flex min-h-0 flex-1">
        <List rows={rows} chat={chat} shown={place.is === "list"} onOpen={open} wantsFocus={wantsFocus} />
        <section
          aria-label="Conversation"
          className={`${place.is === "list" ? "hidden md:flex" : "flex"} min-w-0 flex-1 flex-col bg-bg`}
        >
          {target.is === "found" && (
            <Conversation
              key={target.chat}
              chat={target.chat}
              name={target.name}
              onLeave={() => open(0)}
              wantsFocus={wantsFocus}
            />
          )}
          {target.is === "none" && (
            <Middle>
              <Empty icon="chat" title={rows.length > 0 ? "No conversation is open" : "Nobody is here yet"}>
                {rows.length > 0
                  ? "Choose one on the left. The arrow keys go through them."
                  : "Add a friend by the name they registered with. When they accept, you can talk."}
              </Empty>
            </Middle>
          )}
          {(target.is === "finding" || target.is === "missing") && (
            <Middle>
              <Empty icon="search" title={target.is === "finding" ? "Looking …" : "This conversation cannot be opened"}>
                {target.is === "missing" && (
                  <>
                    <p>{target.why}</p>
                    <button type="button" onClick={() => open(0)} className="mt-3 font-medium text-accent underline">
                      To all conversations
                    </button>
                  </>
                )}
              </Empty>
            </Middle>
          )}
        </section>
      </div>
    </div>
  )
}

function useUnreadTitle(unread: number): void {
  useEffect(() => {
    const before = document.title
    document.title = unread > 0 ? `(${unread}) Chat · OssAgent` : "Chat · OssAgent"
    return () => {
      document.title = before
    }
  }, [unread])
}
