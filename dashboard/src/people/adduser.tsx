"use client"
import { type FormEvent, useState } from "react"
import { ROLES, type Role } from "../auth/roles.ts"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Field, Input, Select } from "../piece/field.tsx"
import { Failure } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { useTell } from "../shell/notice.tsx"
import { PasswordField } from "./passwordfield.tsx"
import { MAY } from "./roles.ts"

export function AddUser({ onClose, onAdded }: { onClose: () => void; onAdded: () => void }) {
  const tell = useTell()
  const [role, setRole] = useState<Role>("viewer")
  const [password, setPassword] = useState("")
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  async function add(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [name, email] = [String(form.get("name")), String(form.get("email")).trim()]
    setBusy(true)
    setError(null)
    try {
      await call("/api/users", { method: "POST", body: { name, email, role, password } })
      tell(`${email} may log in now. Tell them the password.`)
      onAdded()
      onClose()
    } catch (failed) {
      setError(failed as Error)
      setBusy(false)
    }
  }
  return (
    <Dialog title="Add a user" onClose={onClose}>
      <form onSubmit={(event) => void add(event)} className="space-y-4">
        <Field label="Name">
          <Input name="name" required maxLength={100} autoComplete="off" autoFocus />
        </Field>
        <Field label="E-mail">
          <Input name="email" type="email" required maxLength={200} autoComplete="off" />
        </Field>
        <Field label="Role" hint={`A ${role} ${MAY[role]}.`}>
          <Select name="role" value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {ROLES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </Select>
        </Field>
        <PasswordField value={password} onChange={setPassword} />
        {error && <Failure error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={busy}>
            {busy ? "Adding …" : "Add user"}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
