"use client"
import { ContactState, isGroup } from "@ossagent/im-client"
import { useState } from "react"
import { IconButton } from "../piece/button.tsx"
import { Confirm } from "../piece/confirm.tsx"
import { Icon } from "../piece/icon.tsx"
import { MenuItem, Popover } from "../piece/popover.tsx"
import { Avatar } from "./avatar.tsx"
import { Members } from "./members.tsx"
import { useAct } from "./use-act.ts"
import { useChat } from "./use-chat.ts"
import { chatHref } from "./use-place.ts"

type Open = "members" | "leave" | "remove" | "block" | null

/** Whom one talks to, and what can be done about them. */
export function ConversationHead({ chat, name, onLeave }: { chat: number; name: string; onLeave: () => void }) {
  const client = useChat()
  const act = useAct()
  const [open, setOpen] = useState<Open>(null)
  const close = (): void => setOpen(null)
  const group = client.groups().find(({ gid }) => gid === chat)
  const contact = client.contacts().find(({ uid }) => uid === chat)
  const friend = contact?.state === ContactState.friend
  const about = isGroup(chat)
    ? group === undefined
      ? "Group"
      : `${group.count} ${group.count === 1 ? "member" : "members"}`
    : friend
      ? "Friend"
      : "No friend"
  const items: [icon: Parameters<typeof Icon>[0]["name"], text: string, what: Open][] = isGroup(chat)
    ? group === undefined
      ? []
      : [
          ["users", "Members, invite", "members"],
          ["out", "Leave the group", "leave"],
        ]
    : [
        ...(friend ? ([["trash", "End the friendship", "remove"]] as const) : []),
        ...(contact?.state === ContactState.blocked ? [] : ([["block", `Block ${name}`, "block"]] as const)),
      ].map(([icon, text, what]) => [icon, text, what])
  const copy = () =>
    act("The address is copied", () => navigator.clipboard.writeText(window.location.origin + chatHref(chat, name)))
  return (
    <header className="flex items-center gap-2 border-line border-b bg-surface px-2 py-2 sm:px-4">
      <IconButton icon="left" label="To the list" onClick={onLeave} className="md:hidden" />
      <Avatar chat={chat} name={name} />
      <div className="min-w-0 flex-1">
        <h2 className="truncate font-semibold leading-5">{name}</h2>
        {group === undefined ? (
          <p className="text-ink-3 text-xs">{about}</p>
        ) : (
          <button
            type="button"
            onClick={() => setOpen("members")}
            className="text-ink-3 text-xs underline-offset-2 hover:underline"
          >
            {about}
          </button>
        )}
      </div>
      <Popover look="quiet" icon="more" title="More" label="">
        {(shut) => (
          <div className="w-52">
            {items.map(([icon, text, what]) => (
              <MenuItem
                key={text}
                onClick={() => {
                  setOpen(what)
                  shut()
                }}
              >
                <Icon name={icon} /> <span className="truncate">{text}</span>
              </MenuItem>
            ))}
            <MenuItem
              onClick={() => {
                void copy()
                shut()
              }}
            >
              <Icon name="link" /> Copy the address
            </MenuItem>
          </div>
        )}
      </Popover>
      {open === "members" && <Members gid={chat} name={name} onClose={close} />}
      {open === "leave" && (
        <Confirm
          title={`Leave ${name}`}
          action="Leave"
          onClose={close}
          onConfirm={() => act("", () => client.leaveGroup(chat))}
        >
          Nothing that is said afterwards comes to you. What was said stays here. To come back, somebody has to invite
          you.
        </Confirm>
      )}
      {open === "remove" && (
        <Confirm
          title={`End the friendship with ${name}`}
          action="End it"
          onClose={close}
          onConfirm={() => act("", () => client.removeFriend(chat))}
        >
          Neither of you can write to the other any more. What was said stays here.
        </Confirm>
      )}
      {open === "block" && (
        <Confirm
          title={`Block ${name}`}
          action="Block"
          onClose={close}
          onConfirm={() => act("", () => client.block(chat))}
        >
          Nothing comes from them any more, and they are not told. It can be undone under “Blocked people”.
        </Confirm>
      )}
    </header>
  )
}
