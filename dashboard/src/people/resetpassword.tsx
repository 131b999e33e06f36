"use client"
import { type FormEvent, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import type { User } from "./change.ts"
import { PasswordField } from "./passwordfield.tsx"
import { useChangeUser } from "./use-users.ts"

export function ResetPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const change = useChangeUser()
  const [password, setPassword] = useState("")
  const [busy, setBusy] = useState(false)
  async function reset(event: FormEvent): Promise<void> {
    event.preventDefault()
    setBusy(true)
    if (await change(user, { password }, `${user.email} has a new password. Tell them.`)) onClose()
    else setBusy(false)
  }
  return (
    <Dialog title="Reset the password" onClose={onClose}>
      <form onSubmit={(event) => void reset(event)} className="space-y-4">
        <p className="text-[13px] text-ink-2">
          A new password for <b>{user.email}</b>. Wherever they are logged in, they are logged out.
        </p>
        <PasswordField value={password} onChange={setPassword} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={busy}>
            Reset password
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
