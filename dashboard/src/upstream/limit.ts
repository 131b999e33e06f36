/**
 * Aborts with `signal`, or after `ms` with a TimeoutError. Not with `AbortSignal.timeout`: in Node 20 one that only `AbortSignal.any` knows is
 * collected as garbage before its time. Here the timer holds it.
 */
export function limit(signal: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController()
  setTimeout(() => late.abort(new DOMException(`nothing within ${ms} ms`, "TimeoutError")), ms).unref()
  return AbortSignal.any([signal, late.signal])
}
