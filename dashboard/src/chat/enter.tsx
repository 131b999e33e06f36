"use client"
import { type FormEvent, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Field, Input, Segments } from "../piece/field.tsx"
import { Failure } from "../piece/panel.tsx"
import { Middle } from "./middle.tsx"
import { useChat } from "./use-chat.ts"
import { faultOf, toWords, wordsOf } from "./words.ts"

type Way = "login" | "register"

/** Log-in to the chat, or a new user of it: another matter than the dashboard's users. */
export function Enter() {
  const client = useChat()
  const [way, setWay] = useState<Way>("login")
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  const [endedBy] = useState(() => (client.state.is === "out" ? client.state.why : ""))
  const fresh = way === "register"

  async function enter(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const {
      name = "",
      password = "",
      again = "",
    } = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    const fault = fresh ? faultOf({ name, password, again }) : null
    setError(fault === null ? null : new Error(fault))
    if (fault !== null) return
    setBusy(true)
    try {
      if (fresh) await client.register(name, password)
      await client.login(name, password)
    } catch (failed) {
      setError(new Error(toWords(failed)))
      setBusy(false)
    }
  }

  return (
    <Middle>
      <form onSubmit={(event) => void enter(event)} className="my-auto w-full max-w-sm space-y-4" noValidate>
        <div>
          <h2 className="font-semibold text-lg tracking-tight">{fresh ? "A new chat user" : "Log in to the chat"}</h2>
          <p className="mt-1 text-[13px] text-ink-3">
            {fresh
              ? "People find you by this name. It is not your dashboard log-in."
              : "Chat users are not the dashboard’s users: register if you have none yet."}
          </p>
        </div>
        <Segments<Way>
          label="What to do"
          choices={[
            { value: "login", label: "Log in" },
            { value: "register", label: "Register" },
          ]}
          value={way}
          onChange={(next) => {
            setWay(next)
            setError(null)
          }}
        />
        {endedBy !== "" && !error && <Failure error={new Error(wordsOf(endedBy) ?? endedBy)} />}
        <Field label="Name" hint={fresh ? "2 to 32 letters, digits, - . or _" : undefined}>
          <Input
            name="name"
            required
            autoFocus
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            defaultValue={client.account?.name}
            className="min-h-10"
          />
        </Field>
        <Field label="Password" hint={fresh ? "At least 8 characters" : undefined}>
          <Input
            name="password"
            type="password"
            required
            autoComplete={fresh ? "new-password" : "off"}
            className="min-h-10"
          />
        </Field>
        {fresh && (
          <Field label="Password again">
            <Input name="again" type="password" required autoComplete="new-password" className="min-h-10" />
          </Field>
        )}
        {error && <Failure error={error} />}
        <Button type="submit" look="main" disabled={busy} className="min-h-10 w-full">
          {busy ? "One moment …" : fresh ? "Register and log in" : "Log in"}
        </Button>
      </form>
    </Middle>
  )
}
