"use client"
import { ContactState } from "@ossagent/im-client"
import { useState } from "react"
import { Confirm } from "../piece/confirm.tsx"
import { Icon } from "../piece/icon.tsx"
import { MenuItem, Popover } from "../piece/popover.tsx"
import { Avatar } from "./avatar.tsx"
import { Blocked } from "./blocked.tsx"
import { useAct } from "./use-act.ts"
import { useChat } from "./use-chat.ts"
import { chatHref } from "./use-place.ts"

/** Who one is in the chat, and how to be it no more. */
export function OwnMenu() {
  const client = useChat()
  const act = useAct()
  const [open, setOpen] = useState<"blocked" | "out" | null>(null)
  const { uid, name } = client.account ?? { uid: 0, name: "" }
  const blocked = client.contacts().filter(({ state }) => state === ContactState.blocked).length
  const waiting = client.outgoing().length
  const choose = (what: typeof open, close: () => void) => () => {
    setOpen(what)
    close()
  }
  return (
    <>
      <Popover
        look="quiet"
        align="left"
        title={`You are ${name} in the chat`}
        label={
          <span className="flex min-w-0 items-center gap-2 text-ink">
            <Avatar chat={uid} name={name} size={26} />
            <span className="max-w-24 truncate">{name}</span>
          </span>
        }
      >
        {(close) => (
          <div className="w-56">
            <MenuItem
              onClick={() => {
                void act("The address is copied: whoever opens it can write to you", () =>
                  navigator.clipboard.writeText(window.location.origin + chatHref(uid, name)),
                )
                close()
              }}
            >
              <Icon name="link" /> Copy your address
            </MenuItem>
            <MenuItem onClick={choose("blocked", close)}>
              <Icon name="block" /> Blocked people{blocked > 0 ? ` (${blocked})` : ""}
            </MenuItem>
            <MenuItem onClick={choose("out", close)}>
              <Icon name="out" /> Log out of the chat
            </MenuItem>
          </div>
        )}
      </Popover>
      {open === "blocked" && <Blocked onClose={() => setOpen(null)} />}
      {open === "out" && (
        <Confirm
          title="Log out of the chat"
          action="Log out"
          onClose={() => setOpen(null)}
          onConfirm={() => act("", () => client.logout(true))}
        >
          What this browser keeps of the chat is deleted; it comes back with the next log-in.
          {waiting > 0 && ` What was not sent is lost: ${waiting} ${waiting === 1 ? "message" : "messages"}.`}
        </Confirm>
      )}
    </>
  )
}
