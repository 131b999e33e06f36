"use client"
import { type FormEvent, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Field, Input } from "../piece/field.tsx"
import { Failure, PageHead, Panel } from "../piece/panel.tsx"
import { useTell } from "../shell/notice.tsx"
import { usePerson } from "../shell/person.tsx"

const WHY: Record<number, string> = {
  400: "The present password is wrong, or the new one is too short.",
  401: "The present password is wrong.",
  429: "Too many tries. Wait a minute.",
}

/** The own password; the other sessions end with the old one. */
export function Account() {
  const { email, role } = usePerson()
  const tell = useTell()
  const [error, setError] = useState<Error | null>(null)
  async function change(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = event.currentTarget
    const { currentPassword, newPassword, again } = Object.fromEntries(new FormData(form))
    if (newPassword !== again) {
      setError(new Error("The two new passwords differ."))
      return
    }
    const answer = await fetch("/api/auth/change-password", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ currentPassword, newPassword, revokeOtherSessions: true }),
    }).catch(() => null)
    if (answer?.ok) {
      setError(null)
      form.reset()
      tell("Your password has changed")
    } else setError(new Error(WHY[answer?.status ?? 0] ?? "Cannot change the password: the dashboard does not answer."))
  }
  return (
    <>
      <PageHead title="Your account" about={`${email} · ${role}`} />
      <Panel className="max-w-md p-5">
        <form onSubmit={(event) => void change(event)} className="space-y-4">
          <Field label="Present password">
            <Input name="currentPassword" type="password" autoComplete="current-password" required />
          </Field>
          <Field label="New password" hint="At least 8 characters">
            <Input
              name="newPassword"
              type="password"
              autoComplete="new-password"
              minLength={8}
              maxLength={128}
              required
            />
          </Field>
          <Field label="New password again">
            <Input name="again" type="password" autoComplete="new-password" required />
          </Field>
          {error && <Failure error={error} />}
          <Button type="submit" look="main">
            Change password
          </Button>
        </form>
      </Panel>
    </>
  )
}
