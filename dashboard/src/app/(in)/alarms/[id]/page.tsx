import type { Metadata } from "next"
import { AlarmPage } from "../../../../alarm/alarm.tsx"

export const metadata: Metadata = { title: "Alarm" }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <AlarmPage id={(await params).id} />
}
