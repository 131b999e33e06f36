import type { Metadata } from "next"
import { Channels } from "../../../channel/channels.tsx"

export const metadata: Metadata = { title: "Channels" }

export default function Page() {
  return <Channels />
}
