"use client"
import { type ContactEntry, ContactState } from "@ossagent/im-client"
import { Button, IconButton } from "../piece/button.tsx"
import { Avatar } from "./avatar.tsx"
import { useAct } from "./use-act.ts"
import { useChat } from "./use-chat.ts"

/** Who asks to be a friend, and whom one has asked. */
export function Requests() {
  const client = useChat()
  const having = (wanted: number): ContactEntry[] => client.contacts().filter(({ state }) => state === wanted)
  const [asking, asked] = [having(ContactState.asking), having(ContactState.asked)]
  return (
    <>
      {asking.length > 0 && (
        <section aria-label="Friend requests" className="border-line border-b p-1.5">
          <h2 className="px-2.5 py-1 font-medium text-[11px] text-ink-3 uppercase tracking-wider">
            Want to be friends
          </h2>
          <ul>
            {asking.map((one) => (
              <Asking key={one.uid} one={one} />
            ))}
          </ul>
        </section>
      )}
      {asked.length > 0 && (
        <section aria-label="Asked" className="border-line border-b p-1.5">
          <h2 className="px-2.5 py-1 font-medium text-[11px] text-ink-3 uppercase tracking-wider">
            Asked, no answer yet
          </h2>
          <ul>
            {asked.map((one) => (
              <Asked key={one.uid} one={one} />
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Asking({ one: { uid, greeting } }: { one: ContactEntry }) {
  const client = useChat()
  const act = useAct()
  const name = client.nameOf(uid)
  return (
    <li data-testid="request" className="px-2.5 py-2">
      <div className="flex items-center gap-3">
        <Avatar chat={uid} name={name} />
        <div className="min-w-0 flex-1">
          <div className="truncate font-medium">{name}</div>
          {greeting !== "" && <div className="break-words text-[13px] text-ink-2">“{greeting}”</div>}
        </div>
      </div>
      <div className="mt-2 flex gap-1.5">
        <Button
          look="main"
          icon="check"
          aria-label={`Accept ${name}`}
          onClick={() => void act("", () => client.acceptFriend(uid))}
        >
          Accept
        </Button>
        <Button aria-label={`Decline ${name}`} onClick={() => void act("", () => client.removeFriend(uid))}>
          Decline
        </Button>
        <Button
          look="quiet"
          icon="block"
          aria-label={`Block ${name}`}
          onClick={() => void act("", () => client.block(uid))}
        >
          Block
        </Button>
      </div>
    </li>
  )
}

function Asked({ one: { uid } }: { one: ContactEntry }) {
  const client = useChat()
  const act = useAct()
  const name = client.nameOf(uid)
  return (
    <li data-testid="asked" className="flex items-center gap-3 px-2.5 py-1">
      <Avatar chat={uid} name={name} size={26} />
      <span className="min-w-0 flex-1 truncate text-[13px] text-ink-2">{name}</span>
      <IconButton
        icon="close"
        label={`Take the request to ${name} back`}
        onClick={() => void act("", () => client.removeFriend(uid))}
      />
    </li>
  )
}
