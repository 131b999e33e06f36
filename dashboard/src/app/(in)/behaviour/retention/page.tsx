import type { Metadata } from "next"
import { Retention } from "../../../../behaviour/retention.tsx"

export const metadata: Metadata = { title: "Retention" }

export default function Page() {
  return <Retention />
}
