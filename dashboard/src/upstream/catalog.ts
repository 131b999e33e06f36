import type { CatalogAnswer } from "@ossagent/wire"
import { toSummaries } from "../place/summary.ts"
import type { Upstream } from "./forward.ts"
import { callUpstream, toAnswer } from "./forward.ts"

const KEEP_MS = 800
/** An answer serves for so many times as long as it took to make, whatever is new: a large catalog must not keep the collector busy. */
const KEEP_TIMES = 10
const MOST_KEPT = 64
const MOST_ENTRIES = 10_000

interface Answer {
  status: number
  body: string
}

interface Kept {
  at: number
  version: string
  /** Infinite until the answer is there. */
  tookMs: number
  answer: Promise<Answer>
}

const kept = new Map<string, Kept>()

/** Many pages ask again at once: people who ask the same within a moment, of the same version, share one question and its answer. */
async function share(key: string, version: string, find: () => Promise<Answer>): Promise<Response> {
  const before = kept.get(key)
  // one that is still being made may lack what is new
  if (before && before.version !== version) await before.answer.catch(() => undefined)
  const now = Date.now()
  let entry = kept.get(key)
  const serves = entry && now - entry.at < Math.max(entry.version === version ? KEEP_MS : 0, entry.tookMs * KEEP_TIMES)
  if (!entry || !serves) {
    const fresh: Kept = { at: now, version, tookMs: Number.POSITIVE_INFINITY, answer: find() }
    entry = fresh
    kept.delete(key)
    kept.set(key, fresh)
    fresh.answer.then(
      () => {
        fresh.tookMs = Date.now() - now
      },
      () => kept.delete(key),
    )
    const oldest = kept.keys().next().value
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
  }
  const { status, body } = await entry.answer
  return new Response(body, { status, headers: { "content-type": "application/json", "cache-control": "no-store" } })
}

export const askCatalog = (upstream: Upstream, question: { catalogVersion?: number }): Promise<Response> => {
  const { catalogVersion, ...asked } = question
  return share(JSON.stringify(asked), String(catalogVersion), () => readAnswer(upstream, asked))
}

/** The catalog as the menu and the overview need it. */
export const readPlaces = (upstream: Upstream, version: string): Promise<Response> =>
  share("places", version, async () => {
    const answer = await readAnswer(upstream, { limit: MOST_ENTRIES })
    if (answer.status !== 200) return answer
    const { entries } = JSON.parse(answer.body) as CatalogAnswer
    return { status: 200, body: JSON.stringify({ places: toSummaries(entries) }) }
  })

async function readAnswer(upstream: Upstream, body: unknown): Promise<Answer> {
  // not the browser's signal: somebody else may be waiting for the same answer
  const signal = AbortSignal.timeout(15_000)
  const answer = await callUpstream(upstream, { method: "POST", path: "/v1/report/catalog", body, signal })
  const checked = await toAnswer(upstream, answer)
  return { status: checked.status, body: await checked.text() }
}
