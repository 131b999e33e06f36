"use client"
import { type FormEvent, useState } from "react"
import { ROLES } from "../auth/roles.ts"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Field, Input, Select } from "../piece/field.tsx"
import { Failure } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { useTell } from "../shell/notice.tsx"
import type { User } from "./change.ts"

/** A password that can be read out: 16 characters without those that look alike, about 90 bits. */
function suggestPassword(): string {
  const letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
  return Array.from(crypto.getRandomValues(new Uint32Array(16)), (n) => letters[n % letters.length]).join("")
}

interface UserDialogProps {
  onClose: () => void
  onDone: () => void
}

export function UserDialog({ onClose, onDone }: UserDialogProps) {
  const tell = useTell()
  const [error, setError] = useState<Error | null>(null)
  const [password] = useState(suggestPassword)
  async function add(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const body = Object.fromEntries(new FormData(event.currentTarget))
    try {
      await call("/api/users", { method: "POST", body })
      tell(`${body.email} can log in now`)
      onDone()
      onClose()
    } catch (fault) {
      setError(fault as Error)
    }
  }
  return (
    <Dialog title="Add a user" onClose={onClose}>
      <form onSubmit={(event) => void add(event)} className="space-y-4">
        <Field label="E-mail">
          <Input name="email" type="email" required autoComplete="off" />
        </Field>
        <Field label="Name">
          <Input name="name" required maxLength={100} autoComplete="off" />
        </Field>
        <Field label="Role">
          <Select name="role" defaultValue="viewer">
            {ROLES.map((role) => (
              <option key={role}>{role}</option>
            ))}
          </Select>
        </Field>
        <FirstPassword password={password} />
        {error && <Failure error={error} />}
        <Buttons onClose={onClose} name="Add" />
      </form>
    </Dialog>
  )
}

export function PasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const tell = useTell()
  const [error, setError] = useState<Error | null>(null)
  const [password] = useState(suggestPassword)
  async function reset(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    try {
      const body = { password: String(new FormData(event.currentTarget).get("password")) }
      await call(`/api/users/${user.id}`, { method: "PUT", body })
      tell(`${user.email} has a new password; open sessions have ended`)
      onClose()
    } catch (fault) {
      setError(fault as Error)
    }
  }
  return (
    <Dialog title={`New password for ${user.email}`} onClose={onClose}>
      <form onSubmit={(event) => void reset(event)} className="space-y-4">
        <FirstPassword password={password} />
        {error && <Failure error={error} />}
        <Buttons onClose={onClose} name="Set password" />
      </form>
    </Dialog>
  )
}

const FirstPassword = ({ password }: { password: string }) => (
  <Field
    label="Password"
    hint="At least 8 characters. Pass it on; it is not shown again, and can be changed after log-in."
  >
    <Input
      name="password"
      required
      minLength={8}
      maxLength={128}
      defaultValue={password}
      autoComplete="off"
      className="font-mono"
    />
  </Field>
)

const Buttons = ({ onClose, name }: { onClose: () => void; name: string }) => (
  <div className="flex justify-end gap-2">
    <Button onClick={onClose}>Cancel</Button>
    <Button type="submit" look="main">
      {name}
    </Button>
  </div>
)
