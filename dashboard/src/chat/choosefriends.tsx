"use client"
import { ContactState } from "@ossagent/im-client"
import { useState } from "react"
import { Input } from "../piece/field.tsx"
import { Avatar } from "./avatar.tsx"
import { useChat } from "./use-chat.ts"

/** Beyond so many a field narrows them down. */
const MANY = 8

interface ChooseProps {
  chosen: ReadonlySet<number>
  onChange: (chosen: ReadonlySet<number>) => void
  /** Who is in already. */
  without?: ReadonlySet<number>
}

/** Some of one's friends. */
export function ChooseFriends({ chosen, onChange, without = new Set() }: ChooseProps) {
  const client = useChat()
  const [text, setText] = useState("")
  const friends = client
    .contacts()
    .filter(({ uid, state }) => state === ContactState.friend && !without.has(uid))
    .map(({ uid }) => ({ uid, name: client.nameOf(uid) }))
    .sort((a, b) => a.name.localeCompare(b.name))
  const shown = friends.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
  function toggle(uid: number): void {
    const next = new Set(chosen)
    if (!next.delete(uid)) next.add(uid)
    onChange(next)
  }
  if (friends.length === 0) return <p className="text-[13px] text-ink-3">None of your friends is left to invite.</p>
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-[13px] text-ink-2">
        Friends{chosen.size > 0 && <span className="font-normal text-ink-3"> · {chosen.size} chosen</span>}
      </legend>
      {friends.length > MANY && (
        <Input
          aria-label="Narrow down"
          placeholder="Narrow down"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="mb-1"
        />
      )}
      <div className="max-h-60 overflow-y-auto rounded-md border border-line">
        {shown.map(({ uid, name }) => (
          <label key={uid} className="flex min-h-10 cursor-pointer items-center gap-3 px-3 py-1.5 hover:bg-sunken">
            <input
              type="checkbox"
              checked={chosen.has(uid)}
              onChange={() => toggle(uid)}
              className="size-4 accent-accent"
            />
            <Avatar chat={uid} name={name} size={26} />
            <span className="min-w-0 truncate">{name}</span>
          </label>
        ))}
        {shown.length === 0 && <p className="px-3 py-2 text-[13px] text-ink-3">Nobody of this name.</p>}
      </div>
    </fieldset>
  )
}
