import type { Metadata } from "next"
import { Alarms } from "../../../alarm/alarms.tsx"

export const metadata: Metadata = { title: "Alarms" }

export default function Page() {
  return <Alarms />
}
