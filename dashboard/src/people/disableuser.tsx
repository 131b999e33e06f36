"use client"
import { useState } from "react"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import type { User } from "./change.ts"
import { useChangeUser } from "./use-users.ts"

export function DisableUser({ user, onClose }: { user: User; onClose: () => void }) {
  const change = useChangeUser()
  const [busy, setBusy] = useState(false)
  async function disable(): Promise<void> {
    setBusy(true)
    if (await change(user, { disabled: true }, `${user.email} can no longer log in.`)) onClose()
    else setBusy(false)
  }
  return (
    <Dialog title="Disable this user?" onClose={onClose}>
      <p className="text-[13px] text-ink-2">
        <b>{user.email}</b> is logged out at once and cannot log in until an admin enables them again. What they did
        stays in the audit.
      </p>
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" onClick={() => void disable()} disabled={busy}>
          Disable user
        </Button>
      </div>
    </Dialog>
  )
}
