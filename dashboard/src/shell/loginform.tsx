"use client"
import { type FormEvent, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Field, Input } from "../piece/field.tsx"
import { Failure } from "../piece/panel.tsx"

/** Only a path of our own: `next` comes from the address bar. */
function nextPath(): string {
  const next = new URLSearchParams(window.location.search).get("next") ?? "/"
  const url = URL.canParse(next, window.location.origin) ? new URL(next, window.location.origin) : null
  return url?.origin === window.location.origin && next.startsWith("/") ? url.pathname + url.search : "/"
}

const WHY: Record<number, string> = {
  401: "This e-mail address and password do not belong together.",
  403: "This user is disabled. Ask an admin.",
  429: "Too many tries. Wait a minute, then try again.",
}

export function LoginForm() {
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  async function logIn(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setError(null)
    const answer = await fetch("/api/auth/sign-in/email", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: form.get("email"), password: form.get("password") }),
    }).catch(() => null)
    if (answer?.ok) return window.location.assign(nextPath())
    setBusy(false)
    const unknown = answer
      ? `Cannot log in: the dashboard answered ${answer.status}.`
      : "The dashboard does not answer."
    setError(new Error(WHY[answer?.status ?? 0] ?? unknown))
  }
  return (
    <form
      onSubmit={(event) => void logIn(event)}
      className="w-full max-w-sm space-y-4 rounded-xl border border-line bg-surface p-6 shadow-card"
    >
      <Field label="E-mail">
        <Input name="email" type="email" autoComplete="username" required autoFocus className="min-h-10" />
      </Field>
      <Field label="Password">
        <Input name="password" type="password" autoComplete="current-password" required className="min-h-10" />
      </Field>
      {error && <Failure error={error} />}
      <Button type="submit" look="main" disabled={busy} className="min-h-10 w-full">
        {busy ? "Logging in …" : "Log in"}
      </Button>
    </form>
  )
}
