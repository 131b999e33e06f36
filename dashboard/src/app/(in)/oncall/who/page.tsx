import type { Metadata } from "next"
import { Who } from "../../../../oncall/who.tsx"

export const metadata: Metadata = { title: "Who would get this?" }

export default function Page() {
  return <Who />
}
