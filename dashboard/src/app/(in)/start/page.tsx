import type { Metadata } from "next"
import { mayAs } from "../../../auth/roles.ts"
import { requirePerson } from "../../../auth/session.ts"
import { readConfig } from "../../../config.ts"
import { Start } from "../../../start/start.tsx"

export const metadata: Metadata = { title: "Add a service" }

export default async function StartPage() {
  const { role } = await requirePerson()
  const { collectorUrl, ingestKey } = readConfig()
  // the key never leaves the server for those who may not see it
  const key = mayAs(role, "operator") ? (ingestKey ?? null) : null
  return <Start collectorUrl={collectorUrl} ingestKey={key} />
}
