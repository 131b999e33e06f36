import type { Metadata } from "next"
import { Commands } from "../../../command/commands.tsx"

export const metadata: Metadata = { title: "Commands per minute" }

export default function Page() {
  return <Commands />
}
