"use client"
import { useState } from "react"
import { Button } from "../piece/button.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { AddUser } from "./adduser.tsx"
import type { User } from "./change.ts"
import { DisableUser } from "./disableuser.tsx"
import { ResetPassword } from "./resetpassword.tsx"
import { useUsers } from "./use-users.ts"
import { UserRow } from "./userrow.tsx"

type Open = { what: "add" } | { what: "password" | "disable"; user: User }

/** Who may log in, and as what. */
export function Users() {
  const { users, error, refresh } = useUsers()
  const [open, setOpen] = useState<Open | null>(null)
  const close = (): void => setOpen(null)
  return (
    <>
      <PageHead title="Users" about="Who may log in, and as what">
        <Button look="main" icon="plus" onClick={() => setOpen({ what: "add" })}>
          Add user
        </Button>
      </PageHead>
      <div className="space-y-4">
        {error && <Failure error={error} onRetry={refresh} />}
        <Panel aria-label="Users" className="overflow-hidden">
          {users === null && !error && <SkeletonRows />}
          {users?.length === 0 && (
            <Empty icon="users" title="There are no users">
              Add one: give them the e-mail address and password, they log in at once.
            </Empty>
          )}
          {users !== null && users.length > 0 && (
            <ul className="divide-y divide-line">
              {users.map((user) => (
                <UserRow
                  key={user.id}
                  user={user}
                  onReset={() => setOpen({ what: "password", user })}
                  onDisable={() => setOpen({ what: "disable", user })}
                />
              ))}
            </ul>
          )}
        </Panel>
      </div>
      {open?.what === "add" && <AddUser onClose={close} onAdded={refresh} />}
      {open?.what === "password" && <ResetPassword user={open.user} onClose={close} />}
      {open?.what === "disable" && <DisableUser user={open.user} onClose={close} />}
    </>
  )
}
