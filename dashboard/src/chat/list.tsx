"use client"
import { ContactState } from "@ossagent/im-client"
import { type KeyboardEvent, type MouseEvent, type RefObject, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Empty } from "../piece/panel.tsx"
import { AddFriend } from "./addfriend.tsx"
import { ListRow } from "./listrow.tsx"
import { NewGroup } from "./newgroup.tsx"
import { OwnMenu } from "./ownmenu.tsx"
import { Requests } from "./requests.tsx"
import type { Row } from "./rows.ts"
import { useChat } from "./use-chat.ts"

interface ListProps {
  rows: readonly Row[]
  /** The open conversation; 0: none. */
  chat: number
  /** On a narrow screen: the list and not a conversation. */
  shown: boolean
  onOpen: (chat: number, options?: { replace?: boolean }) => void
  /** Set when what is opened is to be written in at once. */
  wantsFocus: RefObject<boolean>
}

export function List({ rows, chat, shown, onOpen, wantsFocus }: ListProps) {
  const [adding, setAdding] = useState<"friend" | "group" | null>(null)
  const close = (): void => setAdding(null)
  const asked = useChat()
    .contacts()
    .some(({ state }) => state === ContactState.asking)

  function choose(event: MouseEvent, row: Row): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    const writes = matchMedia("(hover: hover)").matches
    if (row.chat === chat && writes) document.querySelector<HTMLElement>("[data-foot] textarea")?.focus()
    else wantsFocus.current = writes
    onOpen(row.chat)
  }
  function move(event: KeyboardEvent<HTMLUListElement>): void {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
    if (by === 0 || event.altKey) return
    event.preventDefault()
    const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>("a")]
    const at = links.indexOf(event.target as HTMLAnchorElement) + by
    const row = rows[at]
    if (row === undefined) return
    links[at]?.focus()
    // on a narrow screen an open conversation would cover the list
    if (matchMedia("(min-width: 48rem)").matches) onOpen(row.chat, { replace: true })
  }
  return (
    <nav
      aria-label="Conversations"
      className={`${shown ? "flex" : "hidden md:flex"} w-full min-w-0 flex-col border-line md:w-96 md:shrink-0 md:border-r`}
    >
      <header className="flex items-center gap-2 border-line border-b px-3 py-2">
        <OwnMenu />
        <div className="ml-auto flex gap-1">
          <Button icon="person" onClick={() => setAdding("friend")} title="Add a friend by name">
            Add
          </Button>
          <Button icon="users" onClick={() => setAdding("group")} title="Make a group of friends">
            Group
          </Button>
        </div>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <Requests />
        {rows.length === 0 ? (
          <Empty icon="person" title="No friends yet">
            <p>
              {asked
                ? "Accept who asks you, or add somebody by name."
                : "Add somebody by the name they registered with."}
            </p>
            <Button look="main" icon="plus" onClick={() => setAdding("friend")} className="mt-4">
              Add a friend
            </Button>
          </Empty>
        ) : (
          <ul onKeyDown={move} className="p-1.5">
            {rows.map((row) => (
              <ListRow key={row.chat} row={row} on={row.chat === chat} onChoose={(event) => choose(event, row)} />
            ))}
          </ul>
        )}
      </div>
      {adding === "friend" && <AddFriend onClose={close} onOpen={onOpen} />}
      {adding === "group" && <NewGroup onClose={close} onOpen={onOpen} onAddFriend={() => setAdding("friend")} />}
    </nav>
  )
}
