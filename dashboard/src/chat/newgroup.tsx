"use client"
import { ContactState } from "@ossagent/im-client"
import { type FormEvent, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Field, Input } from "../piece/field.tsx"
import { Empty, Failure } from "../piece/panel.tsx"
import { ChooseFriends } from "./choosefriends.tsx"
import { useChat } from "./use-chat.ts"
import { toWords } from "./words.ts"

interface NewGroupProps {
  onClose: () => void
  onOpen: (chat: number) => void
  onAddFriend: () => void
}

export function NewGroup({ onClose, onOpen, onAddFriend }: NewGroupProps) {
  const client = useChat()
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  const alone = !client.contacts().some(({ state }) => state === ContactState.friend)

  async function make(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get("name")).trim()
    setError(chosen.size === 0 ? new Error("Choose at least one friend.") : null)
    if (chosen.size === 0) return
    setBusy(true)
    try {
      const { gid } = await client.createGroup(name, [...chosen])
      onOpen(gid)
      onClose()
    } catch (failed) {
      setError(new Error(toWords(failed)))
      setBusy(false)
    }
  }
  if (alone)
    return (
      <Dialog title="New group" onClose={onClose}>
        <Empty icon="users" title="A group is made of friends">
          <p>You have none yet: add somebody first.</p>
          <Button look="main" onClick={onAddFriend} className="mt-4">
            Add a friend
          </Button>
        </Empty>
      </Dialog>
    )
  return (
    <Dialog title="New group" onClose={onClose}>
      <form onSubmit={(event) => void make(event)} className="space-y-4">
        <Field label="Name of the group">
          <Input name="name" required maxLength={64} autoComplete="off" autoFocus />
        </Field>
        <ChooseFriends chosen={chosen} onChange={setChosen} />
        {error && <Failure error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={busy}>
            {busy ? "Making it …" : "Make the group"}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
