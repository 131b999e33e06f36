import type { Metadata } from "next"
import { Mail } from "../../../../outbox/mail.tsx"

export const metadata: Metadata = { title: "Mail" }

export default async function MailPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <Mail id={decodeURIComponent(id)} />
}
