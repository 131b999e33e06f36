import type { Metadata } from "next"
import { Release } from "../../../../release/release.tsx"

export const metadata: Metadata = { title: "Release" }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <Release id={(await params).id} />
}
