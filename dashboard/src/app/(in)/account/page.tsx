import type { Metadata } from "next"
import { Account } from "../../../account/account.tsx"

export const metadata: Metadata = { title: "Your account" }

export default function Page() {
  return <Account />
}
