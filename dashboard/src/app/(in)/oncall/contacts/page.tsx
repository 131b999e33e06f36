import type { Metadata } from "next"
import { Contacts } from "../../../../contact/contacts.tsx"

export const metadata: Metadata = { title: "Contacts" }

export default function Page() {
  return <Contacts />
}
