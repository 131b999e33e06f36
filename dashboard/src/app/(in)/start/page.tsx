import type { Metadata } from "next"
import { mayAs } from "../../../auth/roles.ts"
import { requirePerson } from "../../../auth/session.ts"
import { readConfig } from "../../../config.ts"
import { Start } from "../../../start/start.tsx"

export const metadata: Metadata = { title: "Add a service" }

export default async function Page() {
  const person = await requirePerson()
  const { collectorUrl, ingestKey } = readConfig()
  const mayKnow = mayAs(person.role, "operator")
  return <Start collectorUrl={collectorUrl} mayKnow={mayKnow} ingestKey={mayKnow ? (ingestKey ?? null) : null} />
}
