import type { Metadata } from "next"
import { MatrixPage } from "../../../matrix/matrix.tsx"

export const metadata: Metadata = { title: "Version matrix" }

export default function Page() {
  return <MatrixPage />
}
