import type { IncomingMessage, ServerResponse } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import type { Logger } from "pino"
import { type Job, readJob } from "./body.ts"
import { EngineError, toEngineError } from "./errors.ts"
import type { Gate } from "./gate.ts"
import type { EngineRequest } from "./request.ts"
import { sendError, sendOutcome } from "./respond.ts"
import { quote, runJob, type Summary } from "./run.ts"
import type { EngineSession, OpenSession } from "./session.ts"
import type { Spool } from "./spool.ts"
import type { QueryReport } from "./stats.ts"

export type QueryParts = {
  openSession: OpenSession
  spool: Spool
  /** Slots of queries, and of all that writes, so that neither starves the other. */
  gates: { read: Gate; write: Gate }
  log: Logger
  /** `database` and settings that a request does not state itself. */
  defaults: Record<string, string>
  maxQueryBytes: number
  report: (report: QueryReport) => void
}

export type QueryHandler = {
  handle: (req: IncomingMessage, res: ServerResponse, request: EngineRequest) => Promise<void>
  /** Cancels whatever runs. */
  cancelAll: () => void
}

const KILL_EVERY_MS = 100

/** Takes requests through: body → slot → session → answer; each is reported once, whatever came of it. */
export function createQueryHandler(parts: QueryParts): QueryHandler {
  const running = new Map<string, AbortController>()
  const handle = async (req: IncomingMessage, res: ServerResponse, request: EngineRequest) => {
    const startedAt = performance.now()
    const gone = new AbortController()
    res.once("close", () => void (res.writableFinished || gone.abort()))
    let job: Job | undefined
    let summary: Summary | undefined
    let failure: unknown
    try {
      claim(running, request.queryId, gone)
      job = await readJob({ req, request, spool: parts.spool, maxQueryBytes: parts.maxQueryBytes })
      const leave = await parts.gates[job.statement.kind === "read" ? "read" : "write"].enter()
      const sent = await runInSlot(parts, { job, request, res, gone: gone.signal, startedAt }).finally(leave)
      summary = sent.summary
      failure = sent.failure
    } catch (error) {
      failure = error
      sendError(res, request.queryId, error)
      req.unpipe()
      req.resume() // the rest of the body is thrown away, so that the client reads the answer
    } finally {
      if (running.get(request.queryId) === gone) running.delete(request.queryId)
      report(parts, { request, job, startedAt, summary, failure, gone: gone.signal.aborted })
      await job?.data?.remove()
    }
  }
  const cancelAll = () => {
    for (const gone of running.values()) gone.abort()
  }
  return { handle, cancelAll }
}

function claim(running: Map<string, AbortController>, queryId: string, gone: AbortController): void {
  if (running.has(queryId))
    throw new EngineError("QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", `Query with id = ${queryId} is already running.`)
  running.set(queryId, gone)
}

type Turn = { job: Job; request: EngineRequest; res: ServerResponse; gone: AbortSignal; startedAt: number }

async function runInSlot(parts: QueryParts, { job, request, res, gone, startedAt }: Turn) {
  if (gone.aborted) throw new EngineError("QUERY_WAS_CANCELLED", "Query was cancelled: the client has gone")
  const session = parts.openSession()
  const settled = new AbortController()
  // An insert that the client has sent whole is completed; only what answers with rows is cancelled.
  if (job.statement.kind === "read")
    gone.addEventListener("abort", () => void killUntil(parts, request.queryId, settled.signal))
  try {
    return await runInSession(session, parts, { job, request, res, gone, startedAt })
  } finally {
    settled.abort()
    session.close()
  }
}

async function runInSession(session: EngineSession, parts: QueryParts, { job, request, res, startedAt }: Turn) {
  const outcome = await runJob(session, job, request, parts.defaults)
  try {
    const failure = await sendOutcome(res, request, outcome, startedAt)
    return { failure, summary: outcome.summary }
  } finally {
    await outcome.end()
  }
}

/** Repeats KILL QUERY until the query has settled, since a kill that comes before the query starts finds nothing. */
async function killUntil({ openSession, log }: QueryParts, queryId: string, settled: AbortSignal): Promise<void> {
  while (!settled.aborted) {
    const session = openSession()
    try {
      await session.query(`KILL QUERY WHERE Settings['log_comment'] = ${quote(queryId)} ASYNC`)
    } catch (error) {
      log.warn({ err: error, queryId }, "cannot cancel a query whose client has gone")
    } finally {
      session.close()
    }
    await sleep(KILL_EVERY_MS)
  }
}

type End = {
  request: EngineRequest
  job: Job | undefined
  startedAt: number
  summary: Summary | undefined
  failure: unknown
  gone: boolean
}

function report(parts: QueryParts, { request, job, startedAt, summary, failure, gone }: End): void {
  const durationMs = performance.now() - startedAt
  const error = failure === undefined ? undefined : gone ? "QUERY_WAS_CANCELLED" : toEngineError(failure).type
  const kind = job?.statement.kind ?? "unread"
  const line = { queryId: request.queryId, kind, ms: Math.round(durationMs), error }
  if (error === "STD_EXCEPTION") parts.log.error({ ...line, err: failure }, "query failed by a fault of the engine")
  else parts.log.debug(line, "query done")
  parts.report({
    kind,
    durationMs,
    writtenRows: summary?.writtenRows ?? 0,
    dataBytes: job?.data?.sizeBytes() ?? 0,
    error,
  })
}
