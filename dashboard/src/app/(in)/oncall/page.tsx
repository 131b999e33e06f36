import type { Metadata } from "next"
import { Schedules } from "../../../schedule/schedules.tsx"

export const metadata: Metadata = { title: "On call" }

export default function Page() {
  return <Schedules />
}
