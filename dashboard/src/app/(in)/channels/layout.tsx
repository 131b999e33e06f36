import type { ReactNode } from "react"
import { ChannelsFrame } from "../../../channel/frame.tsx"

export default function Layout({ children }: { children: ReactNode }) {
  return <ChannelsFrame>{children}</ChannelsFrame>
}
