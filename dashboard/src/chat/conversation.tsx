"use client"
import { ContactState, isGroup } from "@ossagent/im-client"
import type { RefObject } from "react"
import { Button } from "../piece/button.tsx"
import { Composer } from "./composer.tsx"
import { ConversationHead } from "./conversationhead.tsx"
import { Messages } from "./messages.tsx"
import { useAct } from "./use-act.ts"
import { useChat } from "./use-chat.ts"

interface ConversationProps {
  chat: number
  name: string
  onLeave: () => void
  wantsFocus: RefObject<boolean>
}

export function Conversation({ chat, name, onLeave, wantsFocus }: ConversationProps) {
  const client = useChat()
  const may = isGroup(chat)
    ? client.groups().some(({ gid }) => gid === chat)
    : client.contacts().some(({ uid, state }) => uid === chat && state === ContactState.friend)
  return (
    <>
      <ConversationHead chat={chat} name={name} onLeave={onLeave} />
      <Messages chat={chat} name={name} />
      {may ? (
        <Composer chat={chat} name={name} onLeave={onLeave} wantsFocus={wantsFocus} />
      ) : (
        <div className="flex flex-wrap items-center gap-2 border-line border-t bg-surface px-4 py-3 text-[13px] text-ink-2">
          {isGroup(chat) ? (
            "You are not in this group. Somebody who is can invite you."
          ) : (
            <Stranger uid={chat} name={name} />
          )}
        </div>
      )}
    </>
  )
}

/** Somebody who is no friend: what there is between both, and what can be done. */
function Stranger({ uid, name }: { uid: number; name: string }) {
  const client = useChat()
  const act = useAct()
  const state = client.contacts().find((one) => one.uid === uid)?.state ?? ContactState.none
  const accept = (
    <Button look="main" icon="check" onClick={() => void act("", () => client.acceptFriend(uid))}>
      Accept
    </Button>
  )
  const ask = (
    <Button look="main" icon="plus" onClick={() => void act("", () => client.askFriend(uid))}>
      Ask to be friends
    </Button>
  )
  const unblock = <Button onClick={() => void act("", () => client.unblock(uid))}>Unblock</Button>
  const SAYS: Record<number, [text: string, button: typeof ask | null]> = {
    [ContactState.none]: [`You and ${name} are no friends: only friends can write to each other.`, ask],
    [ContactState.asked]: [`${name} is asked. When they accept, you can write to each other.`, null],
    [ContactState.asking]: [`${name} wants to be friends.`, accept],
    [ContactState.blocked]: [`You block ${name}: nothing comes from them.`, unblock],
  }
  const [text, button] = SAYS[state] ?? ["", null]
  return (
    <>
      <span className="min-w-0 flex-1 basis-56">{text}</span>
      {button}
    </>
  )
}
