import type { Metadata } from "next"
import { Subsystem } from "../../../../../subsystem/subsystem.tsx"

interface PageProps {
  params: Promise<{ service: string; subsystem: string }>
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { service, subsystem } = await params
  return { title: `${decodeURIComponent(service)} / ${decodeURIComponent(subsystem)}` }
}

export default async function SubsystemPage({ params }: PageProps) {
  const { service, subsystem } = await params
  return <Subsystem service={decodeURIComponent(service)} subsystem={decodeURIComponent(subsystem)} />
}
