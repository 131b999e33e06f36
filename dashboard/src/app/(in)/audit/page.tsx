import type { Metadata } from "next"
import { Audit } from "../../../audit/audit.tsx"
import { requirePerson } from "../../../auth/session.ts"

export const metadata: Metadata = { title: "Audit" }

export default async function AuditPage() {
  await requirePerson("admin")
  return <Audit />
}
