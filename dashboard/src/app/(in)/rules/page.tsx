import type { Metadata } from "next"
import { Rules } from "../../../rule/rules.tsx"

export const metadata: Metadata = { title: "Rules" }

export default function Page() {
  return <Rules />
}
