import type { ReactNode } from "react"
import { OnCall } from "../../../oncall/oncall.tsx"

export default function Layout({ children }: { children: ReactNode }) {
  return <OnCall>{children}</OnCall>
}
