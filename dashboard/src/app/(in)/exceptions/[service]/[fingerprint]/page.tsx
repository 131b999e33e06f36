import type { Metadata } from "next"
import { ExceptionPage } from "../../../../../exception/exception.tsx"

export const metadata: Metadata = { title: "Exception" }

export default async function Page({ params }: { params: Promise<{ service: string; fingerprint: string }> }) {
  const { service, fingerprint } = await params
  return <ExceptionPage service={decodeURIComponent(service)} fingerprint={decodeURIComponent(fingerprint)} />
}
