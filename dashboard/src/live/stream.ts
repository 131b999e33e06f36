/**
 * The one stream of a page: the collector's live answers and the alerting service's changes in one connection, because a browser has
 * six of them for all its tabs. Events: `metric` (LiveEvent), `catalog` (CatalogChanged), `alarm` (AlarmLiveEvent), `state`
 * (StreamState).
 */
import type { LiveBody } from "../question/schema.ts"
import { alerting, collector } from "../upstream/places.ts"
import { relay } from "./relay.ts"

export interface StreamState {
  collector: "up" | "away"
  alerting: "up" | "away"
  why: string
}

const BEAT_MS = 10_000
const ASK_AGAIN_MS = 30_000
/** A browser that does not read is cut off rather than buffered for. */
const MOST_WAITING = 200

interface StreamOptions {
  body: LiveBody
  /** Ends when the browser leaves. */
  asked: AbortSignal
  /** Asked now and then; when it says no the stream ends. */
  stillAllowed: () => Promise<boolean>
  onEnd: () => void
}

export function openStream({ body, asked, stillAllowed, onEnd }: StreamOptions): Response {
  const ended = new AbortController()
  ended.signal.addEventListener("abort", onEnd, { once: true })
  if (asked.aborted) ended.abort()
  asked.addEventListener("abort", () => ended.abort(), { once: true })
  const encoder = new TextEncoder()
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) =>
        follow(
          body,
          ended,
          stillAllowed,
          (text) => {
            if (ended.signal.aborted) return
            if ((controller.desiredSize ?? 0) < -MOST_WAITING) return ended.abort()
            controller.enqueue(encoder.encode(text))
          },
          () => tryClose(controller),
        ),
      cancel: () => ended.abort(),
    },
    { highWaterMark: 16 },
  )
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    },
  })
}

function follow(
  { questions }: LiveBody,
  ended: AbortController,
  stillAllowed: () => Promise<boolean>,
  write: (text: string) => void,
  close: () => void,
): void {
  const { signal } = ended
  const state: StreamState = { collector: "up", alerting: "up", why: "" }
  const tell = (part: "collector" | "alerting") => (now: "up" | "away", why: string) => {
    Object.assign(state, { [part]: now, why })
    write(`event: state\ndata: ${JSON.stringify(state)}\n\n`)
  }
  const hand = (name: string, data: string) => write(`event: ${name}\ndata: ${data}\n\n`)
  const beat = setInterval(() => write(": beat\n\n"), BEAT_MS)
  const check = setInterval(() => {
    stillAllowed().then(
      (allowed) => allowed || ended.abort(),
      // a database that is away for a moment ends nobody's stream
      () => {},
    )
  }, ASK_AGAIN_MS)
  signal.addEventListener(
    "abort",
    () => {
      clearInterval(beat)
      clearInterval(check)
      close()
    },
    { once: true },
  )
  write(": open\n\n")
  void relay({
    upstream: alerting(),
    method: "GET",
    path: "/v1/live",
    signal,
    onEvent: ({ data }) => hand("alarm", data),
    onState: tell("alerting"),
  })
  void relay({
    upstream: collector(),
    method: "POST",
    path: "/v1/report/live",
    body: { questions },
    signal,
    onEvent: ({ name, data }) => hand(name === "catalog" ? "catalog" : "metric", data),
    onState: tell("collector"),
  })
}

function tryClose(controller: ReadableStreamDefaultController): void {
  try {
    controller.close()
  } catch {
    // the browser has gone already and the stream is cancelled
  }
}
