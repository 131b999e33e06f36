import type { ErrorAnswer, Reports } from "@ossagent/wire"

/** The collector did not answer, or not with a report. `away`: it may do so later. */
export class CollectorError extends Error {
  override readonly name = "CollectorError"
  readonly away: boolean
  constructor(message: string, away: boolean, cause?: unknown) {
    super(message, { cause })
    this.away = away
  }
}

export interface Collector {
  ask: <R extends keyof Reports>(
    report: R,
    question: Reports[R]["question"],
    timeoutMs?: number,
  ) => Promise<Reports[R]["answer"]>
}

export interface CollectorOptions {
  url: string
  token: string
}

/** Asks the collector's reports over HTTP. Throws CollectorError and nothing else. */
export function createCollector({ url, token }: CollectorOptions): Collector {
  const base = url.replace(/\/+$/, "")
  return {
    ask: async (report, question, timeoutMs = 8_000) => {
      const response = await post(`${base}/v1/report/${report}`, token, question, timeoutMs)
      if (response.ok) return (await readJson(response, report)) as never
      const { error } = ((await readJson(response, report)) ?? {}) as Partial<ErrorAnswer>
      const away = response.status >= 500 || response.status === 429
      throw new CollectorError(`cannot ask ${report}: ${response.status} ${error?.code}: ${error?.message}`, away)
    },
  }
}

async function post(address: string, token: string, question: unknown, timeoutMs: number): Promise<Response> {
  try {
    return await fetch(address, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(question),
      signal: AbortSignal.timeout(timeoutMs),
    })
  } catch (cause) {
    const why = (cause as Error).cause ?? cause
    throw new CollectorError(`cannot reach the collector: ${(why as Error).message}`, true, cause)
  }
}

async function readJson(response: Response, report: string): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    throw new CollectorError(
      `cannot read the collector's answer to ${report}: ${(cause as Error).message}`,
      true,
      cause,
    )
  }
}
