/** The other sides of this service's borders, for its tests: a collector that answers reports, and a mail server that takes mail. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import type {
  CatalogAnswer,
  ExceptionRow,
  Kind,
  LatestAnswer,
  LatestQuestion,
  RangeAnswer,
  RangeQuestion,
  Stat,
} from "@ossagent/wire"
import { type ParsedMail, simpleParser } from "mailparser"
import pg from "pg"
import { SMTPServer } from "smtp-server"

/** What a series says in every answer while it is listed. */
export interface TestSeries {
  service: string
  subsystem: string
  version?: string
  metric: string
  kind: Kind
  unit: string
  labels?: Record<string, string>
  values: Partial<Record<Stat, number>>
  /** Values of a window by its end (Unix ms), instead of `values`; null when it had none. */
  valuesAt?: (to: number) => Partial<Record<Stat, number>> | null
  /** Newest point; left out: now. */
  lastAt?: number
}

export interface TestCollector {
  url: string
  series: TestSeries[]
  /** What is new, as `exceptions` answers it. */
  exceptions: ExceptionRow[]
  /** Questions so far, newest last. */
  asked: string[]
  /** From now on every question gets a 503. */
  broken: boolean
  /** Questions about this metric get a 503. */
  refusedMetric: string | null
  stop: () => Promise<void>
}

/** Answers `latest`, `range`, `exceptions` and `catalog` from a list that the test changes. */
export async function startTestCollector(port = 0): Promise<TestCollector> {
  const collector: TestCollector = {
    url: "",
    series: [],
    exceptions: [],
    asked: [],
    broken: false,
    refusedMetric: null,
    stop: async () => {},
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk) => chunks.push(chunk))
    request.on("end", () => {
      const report = request.url?.split("/").at(-1) ?? ""
      collector.asked.push(report)
      const question: unknown = JSON.parse(Buffer.concat(chunks).toString() || "{}")
      const refused = JSON.stringify((question as LatestQuestion).metrics ?? null) === `["${collector.refusedMetric}"]`
      const answer = collector.broken || refused ? null : toAnswer(report, question as never, collector)
      response.writeHead(answer ? 200 : 503, { "content-type": "application/json" })
      response.end(JSON.stringify(answer ?? { error: { code: "unavailable", message: "the test says so" } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))
  collector.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  collector.stop = () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections())
  return collector
}

function toAnswer(report: string, question: never, { series, exceptions }: TestCollector): unknown {
  if (report === "exceptions") return { from: 0, to: 0, stepMs: 1, rows: exceptions, leftOff: 0 }
  if (report === "latest") return toLatest(question, series)
  if (report === "range") return toRange(question, series)
  return toCatalog(series)
}

function toLatest(
  { metrics, split, stats, to = Date.now(), windowSec = 10 }: LatestQuestion,
  all: readonly TestSeries[],
) {
  const from = to - windowSec * 1000
  const series = all
    .map((one) => ({ ...one, values: one.valuesAt ? one.valuesAt(to) : one.values }))
    .filter((one) => !metrics || metrics.includes(one.metric))
    .filter((one) => one.values !== null && (one.lastAt ?? to) >= from)
  const dims = Array.isArray(split) ? split : ["service", "subsystem", "version"]
  const answer: LatestAnswer = {
    from,
    to,
    metric: series.map((one) => one.metric),
    kind: series.map((one) => one.kind),
    unit: series.map((one) => one.unit),
    group: series.map((one) =>
      Object.fromEntries(
        dims.map((dim) => [dim, String(one[dim as "service"] ?? one.labels?.[dim.replace("label.", "")] ?? "")]),
      ),
    ),
    values: Object.fromEntries(stats.map((stat) => [stat, series.map((one) => one.values?.[stat] ?? null)])),
    lastAt: series.map((one) => one.lastAt ?? to - 500),
  }
  return answer
}

function toRange(question: RangeQuestion, all: readonly TestSeries[]): RangeAnswer {
  const { metric, from, to, stepSec = 60, stats, split = [], filters = [] } = question
  const one = all.find((series) => series.metric === metric)
  const t = Array.from({ length: Math.ceil((to - from) / stepSec / 1000) }, (_, i) => from + i * stepSec * 1000)
  const rest = { kind: one?.kind ?? "gauge", unit: one?.unit ?? "", stepSec, t, leftOff: 0, tierSec: 60 } as const
  if (one?.valuesAt) {
    const series = all
      .filter((other) => other.metric === metric)
      .filter((other) =>
        filters.every(
          ({ dim, op, values }) => values.includes(String(other[dim as "service"] ?? "")) === (op === "in"),
        ),
      )
      .map((other) => ({
        group: Object.fromEntries(split.map((dim) => [dim, String(other[dim as "service"] ?? "")])),
        values: Object.fromEntries(
          stats.map((stat) => [stat, t.map((at) => other.valuesAt?.(at + stepSec * 1000)?.[stat] ?? null)]),
        ),
      }))
    return { metric, series, ...rest }
  }
  const values = t.map((_, i) => 50 + 10 * Math.sin(i / 8))
  const series = [{ group: {}, values: Object.fromEntries(stats.map((stat) => [stat, values])) }]
  return { metric, series, ...rest }
}

function toCatalog(all: readonly TestSeries[]): CatalogAnswer {
  const now = Date.now()
  const rest = { hosts: [], labels: {}, seriesCount: 1, firstSeen: now, lastSeen: now }
  const entries = all.map(({ metric, kind, unit, service, subsystem, version }) => {
    return { metric, kind, unit, service, subsystem, versions: [version ?? ""], ...rest }
  })
  return { entries, leftOff: 0 }
}

export interface TestMailServer {
  url: string
  port: number
  mails: ParsedMail[]
  /** When set: the answer to every message, instead of taking it. */
  refuse: { code: number; times: number } | null
  stop: () => Promise<void>
}

/** A mail server that keeps what it takes, with user and password. */
export async function startTestMailServer(port = 0): Promise<TestMailServer> {
  const mails: ParsedMail[] = []
  const result: TestMailServer = { url: "", port: 0, mails, refuse: null, stop: async () => {} }
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      if (username === "mailer" && password === "secret") done(null, { user: username })
      else done(new Error("wrong credentials"))
    },
    onData: (stream, _session, done) => {
      simpleParser(stream).then((mail) => {
        const { refuse } = result
        if (refuse && refuse.times-- > 0)
          return done(Object.assign(new Error("refused"), { responseCode: refuse.code }))
        mails.push(mail)
        done()
      }, done) // the client was killed half way
    },
  })
  server.on("error", () => {}) // a client that a test killed in the middle of its mail
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()))
  result.port = (server.server.address() as AddressInfo).port
  result.url = `smtp://mailer:secret@127.0.0.1:${result.port}`
  result.stop = () => new Promise((resolve) => server.close(() => resolve()))
  return result
}

/** Waits until `condition` gives something; fails with `what` after a while. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  withinMs = 20_000,
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const value = await condition()
    if (value) return value as Exclude<T, null | undefined | false>
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`)
    await sleep(25)
  }
}

/** Makes an empty database on a server; returns its URL. */
export async function createTestDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client(serverUrl)
  await client.connect()
  await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
  await client.end()
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
