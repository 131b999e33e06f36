import type { Metadata } from "next"
import { Policies } from "../../../../policy/policies.tsx"

export const metadata: Metadata = { title: "Escalation policies" }

export default function Page() {
  return <Policies />
}
