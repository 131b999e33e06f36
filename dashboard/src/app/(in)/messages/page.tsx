import type { Metadata } from "next"
import { Messages } from "../../../message/messages.tsx"

export const metadata: Metadata = { title: "Messages" }

export default function Page() {
  return <Messages />
}
