"use client"
import type { Message } from "@ossagent/wire"
import { type FormEvent, useState } from "react"
import useSWR from "swr"
import type { Item } from "../document/use-documents.ts"
import { MessageRow } from "../message/messagerow.tsx"
import { isOver } from "../message/words.ts"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Field, Input } from "../piece/field.tsx"
import { Failure } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { CHANNEL_FORMS } from "./kinds.ts"

const EVERY_MS = 700
const NEWEST = 100

/** The message as the delivery log has it, asked again until nothing more becomes of it. */
function useOutcome(first: Message | null): Message | null {
  const key = first && `/api/alerting/messages?channel=${first.channel}&limit=${NEWEST}`
  const { data } = useSWR<{ messages: Message[] }, Error>(key, (path: string) => call<{ messages: Message[] }>(path), {
    refreshInterval: (latest) => {
      const found = latest?.messages.find(({ id }) => id === first?.id)
      return found && isOver(found.state) ? 0 : EVERY_MS
    },
  })
  return data?.messages.find(({ id }) => id === first?.id) ?? first
}

/** Sends a real message through a channel and says what became of it. */
export function TestDialog({ item, onClose }: { item: Item<"channel">; onClose: () => void }) {
  const { testTo } = CHANNEL_FORMS[item.kind]
  const own = typeof item.settings.to === "string" ? item.settings.to : ""
  const [to, setTo] = useState("")
  const [sent, setSent] = useState<Message | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const message = useOutcome(sent)
  async function send(event: FormEvent): Promise<void> {
    event.preventDefault()
    setError(null)
    try {
      const body = to.trim() === "" ? {} : { to: to.trim() }
      const answer = await call<{ message: Message }>(`/api/alerting/oncall/channel/${item.id}/test`, {
        method: "POST",
        body,
      })
      setSent(answer.message)
    } catch (fault) {
      setError(fault as Error)
    }
  }
  return (
    <Dialog title={`Test “${item.name}”`} onClose={onClose}>
      <form onSubmit={(event) => void send(event)} className="space-y-4">
        <p className="text-[13px] text-ink-2">A real message goes out: it says that it is a test.</p>
        {testTo !== undefined && (
          <Field label="To" hint={own === "" ? "The channel has no address of its own." : `Empty: to ${own}`}>
            <Input
              required={own === ""}
              placeholder={testTo}
              autoComplete="off"
              maxLength={200}
              value={to}
              onChange={(event) => setTo(event.target.value)}
            />
          </Field>
        )}
        {error && <Failure error={error} />}
        {message && (
          <ul data-testid="outcome" aria-live="polite" className="rounded-md border border-line">
            <MessageRow message={message} kept={undefined} />
          </ul>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" look="main" icon="send" disabled={message !== null && !isOver(message.state)}>
            {message === null ? "Send the test" : "Send another"}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
