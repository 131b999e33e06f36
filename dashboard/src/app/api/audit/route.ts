import type { AuditEntry } from "@ossagent/wire"
import { z } from "zod"
import { readAudit } from "../../../auth/audit.ts"
import { openAccess } from "../../../auth/session.ts"
import { guarded, parseWith } from "../../../door/guard.ts"
import { callUpstream, toAnswer } from "../../../upstream/forward.ts"
import { alerting } from "../../../upstream/places.ts"

const LIMIT = 100
const query = z.object({ own: z.coerce.number().int().optional(), before: z.string().max(64).optional() })

interface Page {
  entries: AuditEntry[]
  nextBefore: string | null
}

/** Both audits: `own` is where the dashboard's list goes on, `before` where the alerting service's does. */
export const GET = guarded("admin", async ({ request }) => {
  const { own, before } = parseWith(query, Object.fromEntries(new URL(request.url).searchParams))
  const mine = await readAudit(openAccess().pool, own ?? Date.now() + 60_000, LIMIT)
  const path = `/v1/audit?limit=${LIMIT}${before ? `&before=${encodeURIComponent(before)}` : ""}`
  const call = callUpstream(alerting(), { method: "GET", path, signal: request.signal })
  const theirs = await call
    .then((answer) => toAnswer(alerting(), answer))
    .then((answer) => answer.json() as Promise<Page>)
  const entries = [...mine, ...(theirs.entries ?? [])].sort((a, b) => b.at - a.at)
  const nextOwn = mine.length === LIMIT ? (mine.at(-1)?.at ?? null) : null
  return Response.json({ entries, nextOwn, nextBefore: theirs.nextBefore ?? null })
})
