"use client"
import { useState } from "react"
import useSWR from "swr"
import { ROLES, type Role } from "../auth/roles.ts"
import { Badge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Select } from "../piece/field.tsx"
import { Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { useAttempt } from "../shell/notice.tsx"
import { usePerson } from "../shell/person.tsx"
import { When } from "../time/picker.tsx"
import type { User } from "./change.ts"
import { PasswordDialog, UserDialog } from "./userdialog.tsx"

/** Who may log in, and as what. */
export function Users() {
  const [adding, setAdding] = useState(false)
  const [resetting, setResetting] = useState<User | null>(null)
  const { data, error, mutate } = useSWR<{ users: User[] }, Error>("/api/users", (path: string) =>
    call<{ users: User[] }>(path),
  )
  const renew = (): void => void mutate()
  return (
    <>
      <PageHead
        title="Users"
        about="Viewers read, operators act on alarms and rules, admins manage users and see the audit"
      >
        <Button look="main" icon="plus" onClick={() => setAdding(true)}>
          Add a user
        </Button>
      </PageHead>
      {error && <Failure error={error} onRetry={renew} />}
      <Panel className="overflow-hidden">
        {!data && !error && <SkeletonRows count={3} />}
        <ul data-testid="users" className="divide-y divide-line">
          {data?.users.map((user) => (
            <UserRow key={user.id} user={user} onReset={() => setResetting(user)} onChange={renew} />
          ))}
        </ul>
      </Panel>
      {adding && <UserDialog onClose={() => setAdding(false)} onDone={renew} />}
      {resetting && <PasswordDialog user={resetting} onClose={() => setResetting(null)} />}
    </>
  )
}

function UserRow({ user, onReset, onChange }: { user: User; onReset: () => void; onChange: () => void }) {
  const me = usePerson()
  const attempt = useAttempt()
  const self = me.id === user.id
  async function change(done: string, body: { role: Role } | { disabled: boolean }): Promise<void> {
    await attempt(done, () => call(`/api/users/${user.id}`, { method: "PUT", body }))
    onChange()
  }
  return (
    <li data-testid="user" className="flex flex-wrap items-center justify-between gap-3 px-4 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium break-all">{user.email}</span>
          {self && <Badge tone="info">you</Badge>}
          {user.disabled && <Badge tone="bad">disabled</Badge>}
        </p>
        <p className="text-ink-3 text-xs">
          {user.name} · added <When at={user.createdAt} /> ·{" "}
          {user.seenAt ? (
            <>
              last here <When at={user.seenAt} />
            </>
          ) : (
            "not logged in"
          )}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Select
          aria-label={`Role of ${user.email}`}
          className="!w-auto"
          value={user.role}
          disabled={self}
          onChange={(event) =>
            void change(`${user.email} is ${event.target.value} now`, { role: event.target.value as Role })
          }
        >
          {ROLES.map((role) => (
            <option key={role}>{role}</option>
          ))}
        </Select>
        <Button onClick={onReset}>Reset password</Button>
        <Button
          look={user.disabled ? "plain" : "danger"}
          disabled={self}
          onClick={() =>
            void change(`${user.email} is ${user.disabled ? "enabled" : "disabled"}`, { disabled: !user.disabled })
          }
        >
          {user.disabled ? "Enable" : "Disable"}
        </Button>
      </div>
    </li>
  )
}
