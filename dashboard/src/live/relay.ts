import { callUpstream, type Upstream } from "../upstream/forward.ts"
import { createSseParser, type SseEvent } from "./sse.ts"

const BACK_OFF_MS = [500, 1_000, 2_000, 5_000]

interface Source {
  upstream: Upstream
  method: string
  path: string
  body?: unknown
  signal: AbortSignal
  onEvent: (event: SseEvent) => void
  /** Told when it changes; the stream to the browser stays open meanwhile. */
  onState: (state: "up" | "away", why: string) => void
}

/** Follows one upstream stream until `signal` ends it; comes back by itself, with back-off, when the stream ends or fails. */
export async function relay(source: Source): Promise<void> {
  let failures = 0
  while (!source.signal.aborted) {
    try {
      const answer = await callUpstream(source.upstream, { ...source, stream: true })
      if (!answer.ok || !answer.body) throw new Error(await tellWhy(answer))
      failures = 0
      source.onState("up", "")
      await readAll(answer.body, source)
      throw new Error(`the ${source.upstream.name} ended the stream`)
    } catch (error) {
      if (source.signal.aborted) return
      source.onState("away", error instanceof Error ? error.message : "no answer")
      await pause(BACK_OFF_MS[Math.min(failures++, BACK_OFF_MS.length - 1)] ?? 5_000, source.signal)
    }
  }
}

async function readAll(body: ReadableStream<Uint8Array>, { onEvent }: Source): Promise<void> {
  const push = createSseParser(onEvent)
  const decoder = new TextDecoder()
  for await (const chunk of body) push(decoder.decode(chunk, { stream: true }))
}

async function tellWhy(answer: Response): Promise<string> {
  const body = (await answer.json().catch(() => null)) as { error?: { message?: string } } | null
  return body?.error?.message ?? `answered ${answer.status}`
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, ms * (0.75 + Math.random() / 2))
    signal.addEventListener("abort", done)
  })
