"use client"
import { Confirm } from "../piece/confirm.tsx"
import type { User } from "./change.ts"
import { useChangeUser } from "./use-users.ts"

export function DisableUser({ user, onClose }: { user: User; onClose: () => void }) {
  const change = useChangeUser()
  return (
    <Confirm
      title="Disable this user?"
      action="Disable user"
      onConfirm={() => change(user, { disabled: true }, `${user.email} can no longer log in.`)}
      onClose={onClose}
    >
      <b>{user.email}</b> is logged out at once and cannot log in until an admin enables them again. What they did stays
      in the audit.
    </Confirm>
  )
}
