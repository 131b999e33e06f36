"use client"
import { ContactState } from "@ossagent/im-client"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Empty } from "../piece/panel.tsx"
import { Avatar } from "./avatar.tsx"
import { useAct } from "./use-act.ts"
import { useChat } from "./use-chat.ts"

/** Those from whom nothing is taken. */
export function Blocked({ onClose }: { onClose: () => void }) {
  const client = useChat()
  const act = useAct()
  const blocked = client.contacts().filter(({ state }) => state === ContactState.blocked)
  return (
    <Dialog title="Blocked people" onClose={onClose}>
      {blocked.length === 0 && <Empty icon="block" title="You block nobody" />}
      <ul className="space-y-2">
        {blocked.map(({ uid }) => {
          const name = client.nameOf(uid)
          return (
            <li key={uid} className="flex items-center gap-3">
              <Avatar chat={uid} name={name} size={28} />
              <span className="min-w-0 flex-1 truncate">{name}</span>
              <Button onClick={() => void act("", () => client.unblock(uid))}>Unblock</Button>
            </li>
          )
        })}
      </ul>
    </Dialog>
  )
}
