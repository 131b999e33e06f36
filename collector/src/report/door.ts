import { parse, type ServiceContext } from "@ossagent/svrkit"
import type { z } from "zod"
import { activity } from "./behaviour/activity.ts"
import { events } from "./behaviour/events.ts"
import { funnel } from "./behaviour/funnel.ts"
import { retention } from "./behaviour/retention.ts"
import { catalog } from "./catalog.ts"
import type { ReportContext } from "./context.ts"
import { exception } from "./exception/exception.ts"
import { exceptions } from "./exception/exceptions.ts"
import { latest } from "./latest.ts"
import type { LiveStreams } from "./live.ts"
import { matrix } from "./matrix.ts"
import {
  ACTIVITY,
  CATALOG,
  EVENTS,
  EXCEPTION,
  EXCEPTIONS,
  FUNNEL,
  LATEST,
  LIVE,
  MATRIX,
  RANGE,
  RETENTION,
} from "./question.ts"
import { range } from "./range.ts"

interface Report {
  form: z.ZodType
  answer: (question: never, context: ReportContext) => Promise<object>
}

/** Every report: a further one is a file and a line here. */
const REPORTS = {
  range: { form: RANGE, answer: range },
  latest: { form: LATEST, answer: latest },
  matrix: { form: MATRIX, answer: matrix },
  catalog: { form: CATALOG, answer: catalog },
  exceptions: { form: EXCEPTIONS, answer: exceptions },
  exception: { form: EXCEPTION, answer: exception },
  events: { form: EVENTS, answer: events },
  funnel: { form: FUNNEL, answer: funnel },
  retention: { form: RETENTION, answer: retention },
  activity: { form: ACTIVITY, answer: activity },
} satisfies Record<string, Report>

type Context = Pick<ServiceContext<Record<never, never>>, "http" | "agent">

/** `POST /v1/report/<name>` and the live stream. */
export function answerReports({ http, agent }: Context, reports: ReportContext, live: LiveStreams): void {
  const duration = agent.timer("collector.report.duration", { unit: "ms" })
  for (const [name, { form, answer }] of Object.entries(REPORTS) as [string, Report][]) {
    const took = duration.with({ report: name })
    http.post(`/v1/report/${name}`, { config: { scope: "read" } }, async (request, reply) => {
      const question = parse(form, request.body, "question")
      const gone = new AbortController()
      reply.raw.once("close", () => gone.abort())
      const done = took.start()
      const found = await answer(question as never, { ...reports, signal: gone.signal })
      done()
      return found
    })
  }
  http.post("/v1/report/live", { config: { scope: "read" } }, (request, reply) => {
    const { questions } = parse(LIVE, request.body, "question")
    live.open(questions, reply.raw)
    reply.hijack()
  })
  agent.gauge("collector.live.streams", () => live.size, { unit: "{stream}" })
}
