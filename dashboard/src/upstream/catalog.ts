import type { Upstream } from "./forward.ts"
import { callUpstream, toAnswer } from "./forward.ts"

const KEEP_MS = 800
const MOST_KEPT = 64

interface Kept {
  at: number
  answer: Promise<{ status: number; body: string }>
}

const kept = new Map<string, Kept>()

/** Every open page asks for the catalog every other second: people who ask the same within a moment share one question. */
export async function askCatalog(upstream: Upstream, question: unknown): Promise<Response> {
  const key = JSON.stringify(question)
  const now = Date.now()
  let entry = kept.get(key)
  if (!entry || now - entry.at > KEEP_MS) {
    // not the browser's signal: somebody else may be waiting for the same answer
    const signal = AbortSignal.timeout(15_000)
    entry = { at: now, answer: readAnswer(upstream, question, signal) }
    kept.delete(key)
    kept.set(key, entry)
    entry.answer.catch(() => kept.delete(key))
    const oldest = kept.keys().next().value
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
  }
  const { status, body } = await entry.answer
  return new Response(body, { status, headers: { "content-type": "application/json", "cache-control": "no-store" } })
}

async function readAnswer(upstream: Upstream, body: unknown, signal: AbortSignal) {
  const answer = await callUpstream(upstream, { method: "POST", path: "/v1/report/catalog", body, signal })
  const checked = await toAnswer(upstream, answer)
  return { status: checked.status, body: await checked.text() }
}
