"use client"
import { ContactState } from "@ossagent/im-client"
import { type FormEvent, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Field, Input } from "../piece/field.tsx"
import { Failure } from "../piece/panel.tsx"
import { useChat } from "./use-chat.ts"
import { toWords } from "./words.ts"

export function AddFriend({ onClose, onOpen }: { onClose: () => void; onOpen: (chat: number) => void }) {
  const client = useChat()
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)

  async function add(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [name, greeting] = [String(form.get("name")).trim(), String(form.get("greeting")).trim()]
    setBusy(true)
    setError(null)
    try {
      const { uid } = await client.findUser(name)
      if (uid === client.account?.uid) throw new OwnName()
      const known = client.contacts().find((one) => one.uid === uid)?.state
      if (known === ContactState.friend) onOpen(uid)
      else await client.askFriend(uid, greeting)
      onClose()
    } catch (failed) {
      setError(new Error(failed instanceof OwnName ? "This is your own name." : toWords(failed)))
      setBusy(false)
    }
  }
  return (
    <Dialog title="Add a friend" onClose={onClose}>
      <form onSubmit={(event) => void add(event)} className="space-y-4">
        <Field label="Name" hint="As they registered with it; capitals do not matter">
          <Input
            name="name"
            required
            maxLength={32}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
          />
        </Field>
        <Field label="Greeting" hint="They see it when they are asked. May stay empty.">
          <Input name="greeting" maxLength={200} autoComplete="off" />
        </Field>
        {error && <Failure error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={busy}>
            {busy ? "Asking …" : "Ask"}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

class OwnName extends Error {}
