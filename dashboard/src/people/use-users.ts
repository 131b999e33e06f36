"use client"
import useSWR, { useSWRConfig } from "swr"
import { call } from "../question/ask.ts"
import { useAttempt } from "../shell/notice.tsx"
import type { User } from "./change.ts"

const PATH = "/api/users"

export function useUsers() {
  const { data, error, mutate } = useSWR<{ users: User[] }, Error>(PATH, (path: string) => call(path), {
    refreshInterval: 30_000,
  })
  return { users: data?.users ?? null, error: error ?? null, refresh: () => void mutate() }
}

export type UserChange = { role: User["role"] } | { password: string } | { disabled: boolean }

/** Changes one user, says how it went, and shows the list as it is then. */
export function useChangeUser() {
  const attempt = useAttempt()
  const { mutate } = useSWRConfig()
  return async (user: User, change: UserChange, done: string): Promise<boolean> => {
    const path = `${PATH}/${encodeURIComponent(user.id)}`
    const ok = await attempt(done, () => call(path, { method: "PUT", body: change }))
    await mutate(PATH)
    return ok
  }
}
