import type { ReactNode } from "react"
import { requirePerson } from "../../auth/session.ts"
import { Shell } from "../../shell/shell.tsx"

export default async function InLayout({ children }: { children: ReactNode }) {
  const person = await requirePerson()
  return <Shell person={person}>{children}</Shell>
}
