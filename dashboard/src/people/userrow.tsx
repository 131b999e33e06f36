"use client"
import { useState } from "react"
import { ROLES, type Role } from "../auth/roles.ts"
import { Badge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Select } from "../piece/field.tsx"
import { usePerson } from "../shell/person.tsx"
import { formatAgo, formatInstant } from "../time/clock.ts"
import { useNow, useZone } from "../time/provider.tsx"
import type { User } from "./change.ts"
import { MAY } from "./roles.ts"
import { type UserChange, useChangeUser } from "./use-users.ts"

interface RowProps {
  user: User
  onReset: () => void
  onDisable: () => void
}

export function UserRow({ user, onReset, onDisable }: RowProps) {
  const { zone } = useZone()
  const now = useNow(10_000)
  const change = useChangeUser()
  const [busy, setBusy] = useState(false)
  const self = usePerson().id === user.id
  async function apply(what: UserChange, done: string): Promise<void> {
    setBusy(true)
    await change(user, what, done)
    setBusy(false)
  }
  return (
    <li
      data-testid="user"
      data-email={user.email}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5 hover:bg-sunken/60"
    >
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <span className="min-w-0 truncate">{user.name}</span>
          {self && <Badge>you</Badge>}
          {user.disabled && (
            <Badge tone="bad" icon="close">
              disabled
            </Badge>
          )}
        </p>
        <p className="truncate text-[13px] text-ink-3">{user.email}</p>
      </div>
      <p
        className="text-ink-3 text-xs sm:w-36"
        title={now > 0 ? `added ${formatInstant(user.createdAt, zone)}` : undefined}
      >
        {now > 0 && (user.seenAt === null ? "not logged in" : `logged in ${formatAgo(user.seenAt, now)}`)}
      </p>
      <Select
        aria-label={`Role of ${user.email}`}
        title={self ? "Another admin may change your role" : MAY[user.role]}
        value={user.role}
        disabled={self || busy}
        onChange={(event) => {
          const role = event.target.value as Role
          void apply({ role }, `${user.email} is ${role} now.`)
        }}
        className="!w-28 disabled:opacity-50"
      >
        {ROLES.map((role) => (
          <option key={role}>{role}</option>
        ))}
      </Select>
      <div className="flex gap-2">
        <Button icon="key" onClick={onReset} disabled={busy} aria-label={`Reset password of ${user.email}`}>
          Reset password
        </Button>
        {user.disabled ? (
          <Button
            onClick={() => void apply({ disabled: false }, `${user.email} may log in again.`)}
            disabled={busy}
            aria-label={`Enable ${user.email}`}
            className="w-20"
          >
            Enable
          </Button>
        ) : (
          <Button
            look="danger"
            onClick={onDisable}
            disabled={self || busy}
            aria-label={`Disable ${user.email}`}
            className="w-20"
          >
            Disable
          </Button>
        )}
      </div>
    </li>
  )
}
