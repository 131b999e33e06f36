import type { Metadata } from "next"
import { Throttles } from "../../../throttle/throttles.tsx"

export const metadata: Metadata = { title: "Throttles" }

export default function Page() {
  return <Throttles />
}
