/**
 * The logic container: a service marks methods as loadable, and their handlers come from `OSSAGENT_LOGIC_DIR/<module>/<version>/index.js`, each version
 * in a thread of its own. Which versions run, and who gets which, is told by the alerting service; what it said last holds while it is away.
 */
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import type { Agent } from "@ossagent/agent"
import type { LogicPlan } from "@ossagent/wire"
import type { Logger } from "pino"
import { z } from "zod"
import type { ServiceTable } from "../codec/index.ts"
import { setting } from "../config.ts"
import type { ServerCall } from "../rpc/server-call.ts"
import type { Grants } from "./author.ts"
import { findVersions } from "./folder.ts"
import { LogicHost } from "./host.ts"
import { LOGIC_LIMITS, type LogicLimits } from "./limits.ts"
import { readPlans, writePlans } from "./plan-file.ts"
import { askPlans } from "./sync.ts"
import { toTask } from "./task.ts"

/** Settings of a service with logic, besides its others. */
export const LOGIC_SETTINGS = {
  logicDir: setting(
    "OSSAGENT_LOGIC_DIR",
    z.string().optional(),
    "folder of logic, <module>/<version>/index.js; default: what comes with the service",
  ),
  logicData: setting(
    "OSSAGENT_LOGIC_DATA",
    z.string().optional(),
    "folder where the plan of logic is kept, so that a restart comes up with it; none: it is not kept",
  ),
  logicUrl: setting(
    "OSSAGENT_ALERTING_URL",
    z.url({ protocol: /^https?$/ }).optional(),
    "alerting service, which says what logic is to run; none: the newest version runs",
  ),
  logicToken: setting("OSSAGENT_LOGIC_TOKEN", z.string().min(16).optional(), "token for that", { secret: true }),
}

export interface LogicOptions<H> {
  /** Of the service whose methods these are. */
  table: ServiceTable
  /** Unique in an installation. */
  module: string
  /** Where its versions are, unless the setting says otherwise. */
  dir: string
  /** Names of loadable handlers: `nearby`. */
  methods: readonly (keyof H & string)[]
  /** What it may call. Each function is given the logic's arguments and, last, the `ServerCall` on whose behalf it is (null: none). */
  grants?: Grants
  /** Whose call it is: a user stays with one version throughout a release. Default: the request's `uid`. */
  callerOf?: (request: never, call: ServerCall) => { user?: string; region?: string }
  limits?: Partial<LogicLimits>
  pollMs?: number
}

/** Of a service's context. */
interface Surroundings {
  config: {
    logicDir: string | undefined
    logicData: string | undefined
    logicUrl: string | undefined
    logicToken: string | undefined
  }
  log: Logger
  agent: Agent
  onStop: (stop: () => Promise<void>) => void
}

const POLL_MS = 2_000

/**
 * Loads the module and answers its handlers, to be given to `serveX` beside those that are not loadable. Throws when there is no version of it, or
 * the one that should run cannot be loaded.
 */
export async function openLogic<H>(
  { config, log, agent, onStop }: Surroundings,
  options: LogicOptions<H>,
): Promise<Pick<H, (typeof options.methods)[number]>> {
  const { table, module, methods, grants = {}, limits, pollMs = POLL_MS } = options
  const dir = config.logicDir ?? options.dir
  const file = config.logicData === undefined ? null : join(config.logicData, `${table.name}.${module}.json`)
  const service = agent.settings.service
  const { logicUrl: url, logicToken: token } = config
  const door = url === undefined || token === undefined ? null : { url, token }
  const instance = randomUUID()
  const known = await toKnownPlan({ dir, module, file })
  const first =
    door === null ? known : await askFirst(door, known, { service, instance, found: await findVersions(dir, module) })
  const host = new LogicHost(
    {
      service: agent.settings.service,
      module,
      dir,
      methods,
      grants,
      limits: { ...LOGIC_LIMITS, ...limits },
      log,
      agent,
    },
    first,
  )
  onStop(() => host.stop())
  await host.ready()
  if (file !== null) await writePlans(file, [first])
  if (door !== null) {
    const poll = startPolling({ host, file, door, instance, pollMs, log })
    onStop(poll.stop)
    await poll.turn()
  }
  const callerOf = (options.callerOf ?? toUid) as (
    request: unknown,
    call: ServerCall,
  ) => { user?: string; region?: string }
  return toHandlers(host, table, methods, callerOf) as Pick<H, (typeof options.methods)[number]>
}

/** What ran last, if that is still there; else the newest that is: a service does not stay down for a version that was taken away. */
async function toKnownPlan({
  dir,
  module,
  file,
}: {
  dir: string
  module: string
  file: string | null
}): Promise<LogicPlan> {
  const [kept] = file === null ? [] : await readPlans(file)
  const found = await findVersions(dir, module)
  if (kept?.module === module && found.includes(kept.current)) return kept
  const newest = found.at(-1)
  if (newest === undefined) throw new Error(`cannot start logic ${module}: no version is in ${join(dir, module)}`)
  return { module, current: newest, release: null }
}

/** What runs elsewhere comes before what ran here: a version may have become current, or gone, while this process was away. */
async function askFirst(
  door: { url: string; token: string },
  known: LogicPlan,
  { service, instance, found }: { service: string; instance: string; found: string[] },
): Promise<LogicPlan> {
  const { module, current } = known
  const report = { service, instance, modules: [{ module, current, found, versions: [] }] }
  const plans = await askPlans(door, report).catch(() => [])
  const plan = plans.find((one) => one.module === module)
  return plan !== undefined && found.includes(plan.current) ? plan : known
}

const toUid = (request: unknown): { user?: string } => {
  const { uid } = request as { uid?: unknown }
  return uid === undefined ? {} : { user: String(uid) }
}

function toHandlers(
  host: LogicHost,
  table: ServiceTable,
  methods: readonly string[],
  callerOf: (request: unknown, call: ServerCall) => { user?: string; region?: string },
): Record<string, (request: unknown, call: ServerCall) => Promise<unknown>> {
  const found = methods.map((name) => {
    const method = table.methods.find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (method === undefined)
      throw new TypeError(`cannot load logic ${host.options.module}: ${table.name} has no method ${name}`)
    const handle = (request: unknown, call: ServerCall): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const { user = "", region = "" } = callerOf(request, call)
        const caller = { user, region, version: call.version }
        host.take(toTask({ method, name, request, caller, call }, { resolve, reject }))
      })
    return [name, handle] as const
  })
  return Object.fromEntries(found)
}

interface Polling {
  host: LogicHost
  file: string | null
  door: { url: string; token: string }
  instance: string
  pollMs: number
  log: Logger
}

/** Reports and obeys. While nobody answers the plan stays. */
function startPolling({ host, file, door, instance, pollMs, log }: Polling) {
  const { module, service, dir } = host.options
  let trouble = ""
  let kept = JSON.stringify(host.plan)
  let running: Promise<void> = Promise.resolve()
  const ask = async (): Promise<void> => {
    const found = await findVersions(dir, module)
    const plans = await askPlans(door, { service, instance, modules: [host.report(found)] })
    const plan = plans.find((one) => one.module === module)
    if (plan === undefined) return
    host.apply(plan)
    const text = JSON.stringify(plan)
    if (file !== null && text !== kept) await writePlans(file, [plan])
    kept = text
  }
  const turn = async (): Promise<void> => {
    try {
      await ask()
      if (trouble !== "") log.info({ logic: module }, "the plan of logic is known again")
      trouble = ""
    } catch (error) {
      const why = (error as Error).message
      if (why !== trouble) log.warn({ logic: module, why }, "cannot ask for the plan of logic: the last one holds")
      trouble = why
    }
  }
  const timer = setInterval(() => {
    running = running.then(turn)
  }, pollMs)
  return {
    turn,
    stop: async (): Promise<void> => {
      clearInterval(timer)
      await running
    },
  }
}
