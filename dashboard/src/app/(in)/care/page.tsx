import type { Metadata } from "next"
import { Care } from "../../../care/care.tsx"

export const metadata: Metadata = { title: "Care" }

export default function Page() {
  return <Care />
}
