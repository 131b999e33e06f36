import type { Metadata } from "next"
import { Exceptions } from "../../../exception/exceptions.tsx"

export const metadata: Metadata = { title: "Exceptions" }

export default function Page() {
  return <Exceptions />
}
