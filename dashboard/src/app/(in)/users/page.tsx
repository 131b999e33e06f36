import type { Metadata } from "next"
import { requirePerson } from "../../../auth/session.ts"
import { Users } from "../../../people/users.tsx"

export const metadata: Metadata = { title: "Users" }

export default async function UsersPage() {
  await requirePerson("admin")
  return <Users />
}
