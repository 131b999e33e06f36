import type { Metadata } from "next"
import { Incident } from "../../../../incident/incident.tsx"

export const metadata: Metadata = { title: "Incident" }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <Incident id={(await params).id} />
}
