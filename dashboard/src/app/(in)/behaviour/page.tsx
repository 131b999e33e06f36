import type { Metadata } from "next"
import { Funnel } from "../../../behaviour/funnel.tsx"

export const metadata: Metadata = { title: "Funnel" }

export default function Page() {
  return <Funnel />
}
