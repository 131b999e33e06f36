import type { Metadata } from "next"
import { Activity } from "../../../../behaviour/activity.tsx"

export const metadata: Metadata = { title: "Did and did not" }

export default function Page() {
  return <Activity />
}
