import type { Metadata } from "next"
import { Overload } from "../../../overload/overload.tsx"

export const metadata: Metadata = { title: "Overload" }

export default function Page() {
  return <Overload />
}
