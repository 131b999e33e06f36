import type { Metadata } from "next"
import { Accesses } from "../../../access/accesses.tsx"

export const metadata: Metadata = { title: "Access nodes" }

export default function Page() {
  return <Accesses />
}
