/**
 * The process shell that every service is built on: config in, agent, log and HTTP door ready, `start` called, and on the way out all
 * of it stopped in reverse order.
 */
import { type Agent, createAgent } from "@ossagent/agent"
import type { FastifyInstance } from "fastify"
import { type Logger, pino } from "pino"
import { z } from "zod"
import {
  ConfigError,
  type ConfigOf,
  describeSettings,
  type Environment,
  parseConfig,
  type Settings,
  setting,
} from "./config.ts"
import { createDoor, type DoorOptions, type ReadyCheck } from "./door.ts"
import type { ErrorTable } from "./errors.ts"
import { onParentGone } from "./parent.ts"
import { createRpcDoor, type Mixed, type RpcDoor, type RpcDoorOptions } from "./rpc-door.ts"

const STOP_MS = 10_000

/** Settings of every service. */
const SHELL_SETTINGS = {
  collectorUrl: setting("OSSAGENT_COLLECTOR", z.url().default("http://127.0.0.1:7071"), "where the collector is"),
  ingestKey: setting(
    "OSSAGENT_KEY",
    z.string().min(16).optional(),
    "key of this service's own metrics; none: they are not sent",
    { secret: true },
  ),
  host: setting(
    "OSSAGENT_HOST",
    z.string().default("127.0.0.1"),
    "address to listen on; default 127.0.0.1, this machine only",
  ),
  logLevel: setting(
    "OSSAGENT_LOG",
    z.enum(["debug", "info", "warn", "error"]).default("info"),
    "least level to log; default info",
  ),
  version: setting(
    "OSSAGENT_VERSION",
    z.string().max(64).default("0.1.0"),
    "version that this service's own metrics carry",
  ),
  rpcToken: setting(
    "OSSAGENT_RPC_TOKEN",
    z.string().min(16).optional(),
    "secret that services share: without it no call is made or answered over the network",
    { secret: true },
  ),
  spoolDir: setting(
    "OSSAGENT_SPOOL_DIR",
    z.string().optional(),
    "directory for own metrics while the collector is away",
  ),
}

export interface ServiceContext<S extends Settings> {
  config: ConfigOf<S & typeof SHELL_SETTINGS>
  log: Logger
  agent: Agent
  http: FastifyInstance
  /** Calls to other services, and the functions of this one. */
  rpc: RpcDoor
  /** Called when the service stops, the last registered first, while the door is closed already. */
  onStop: (stop: () => void | Promise<void>) => void
  /** A condition of `/readyz`: null when fulfilled, else what is missing. */
  ready: (name: string, check: ReadyCheck) => void
}

export interface ServiceDefinition<S extends Settings> {
  name: string
  /** A larger service that it is a part of: its metrics stand there, with its name as the subsystem. Default: it stands alone. */
  partOf?: string
  config: S
  errors?: ErrorTable
  door: (config: ConfigOf<S & typeof SHELL_SETTINGS>) => DoorOptions
  /** Where it answers calls; none: it answers none. */
  rpc?: (config: ConfigOf<S & typeof SHELL_SETTINGS>) => RpcDoorOptions
  start: (context: ServiceContext<S>) => void | Promise<void>
}

export interface RunningService<S extends Settings> {
  /** Where the door is. */
  url: string
  /** Where calls are answered; null where none are. */
  rpcPort: number | null
  context: ServiceContext<S>
  stop: () => Promise<void>
}

export interface Service<S extends Settings> {
  definition: ServiceDefinition<S>
  /** In this process, for tests and mixed processes. Throws ConfigError, or what `start` throws. */
  start: (env: Environment, log?: Logger, mixed?: Mixed) => Promise<RunningService<S>>
  /** As a process of its own, until a signal or the end of its parent stops it. */
  run: () => Promise<void>
}

export function defineService<const S extends Settings>(definition: ServiceDefinition<S>): Service<S> {
  const start = (env: Environment, log?: Logger, mixed?: Mixed) => startService(definition, env, log, mixed)
  return { definition, start, run: () => runService(definition) }
}

async function startService<S extends Settings>(
  definition: ServiceDefinition<S>,
  env: Environment,
  given?: Logger,
  mixed?: Mixed,
): Promise<RunningService<S>> {
  const config = parseConfig({ ...SHELL_SETTINGS, ...definition.config }, env)
  const shell = config as ConfigOf<typeof SHELL_SETTINGS>
  const log = given ?? createLog(definition.name, shell.logLevel)
  const builtIn = mixed === undefined || mixed.first === definition.name
  const agent = createServiceAgent(definition, shell, log, builtIn)
  const ready = new Map<string, ReadyCheck>()
  const options = definition.door(config)
  const http = createDoor({ options, errors: definition.errors ?? {}, log, agent, ready })
  const rpcOptions = definition.rpc?.(config)
  const rpc = createRpcDoor({ options: rpcOptions, log, agent, mixed, name: definition.name, token: shell.rpcToken })
  const stops: (() => void | Promise<void>)[] = []
  const context: ServiceContext<S> = {
    config,
    log,
    agent,
    http,
    rpc,
    onStop: (stop) => void stops.push(stop),
    ready: (name, check) => void ready.set(name, check),
  }
  const stop = once(() => stopService({ http, rpc, stops, agent, log }))
  try {
    await definition.start(context)
    const rpcPort = await rpc.listen(rpcOptions?.host ?? shell.host)
    const url = await http.listen({ port: options.port, host: options.host ?? shell.host })
    log.info(rpcPort === null ? { url } : { url, rpcPort }, "started")
    return { url, rpcPort, context, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Parts {
  http: FastifyInstance
  rpc: RpcDoor
  stops: (() => void | Promise<void>)[]
  agent: Agent
  log: Logger
}

async function stopService({ http, rpc, stops, agent, log }: Parts): Promise<void> {
  log.info("stopping")
  await Promise.all([http.close(), rpc.drain()])
  // What was still starting may add a stop of its own meanwhile: it comes next.
  for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
    try {
      await stop()
    } catch (error) {
      log.error({ err: error }, "a part did not stop cleanly")
    }
  }
  rpc.stop()
  await agent.stop()
  log.info("stopped")
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => {
    running ??= run()
    return running
  }
}

const createLog = (service: string, level: string): Logger =>
  pino({
    level,
    base: { service, pid: process.pid },
    redact: ["*.token", "*.key", "*.password", "*.authorization", "req.headers.authorization"],
  })

function createServiceAgent(
  { name, partOf }: { name: string; partOf?: string },
  config: ConfigOf<typeof SHELL_SETTINGS>,
  log: Logger,
  builtIn: boolean,
): Agent {
  const agent = createAgent({
    ...(partOf === undefined ? { service: name } : { service: partOf, subsystem: name }),
    version: config.version,
    collector: config.collectorUrl,
    key: config.ingestKey ?? "unset",
    builtIn,
    httpServer: false, // the door records its own, by real route
    spool: config.ingestKey === undefined ? false : config.spoolDir,
    onTrouble: (message) => {
      if (config.ingestKey !== undefined) log.warn({ step: "agent" }, message)
    },
  })
  if (config.ingestKey === undefined) {
    log.info("no ingest key: this service's own metrics are not sent")
    void agent.stop(0)
  }
  return agent
}

const runService = <S extends Settings>(definition: ServiceDefinition<S>): Promise<void> =>
  runProcess(definition.name, definition.config, (env) => startService(definition, env))

/** What a process needs of what it runs. */
interface Running {
  url: string
  stop: () => Promise<void>
  context: { log: Logger; agent: Agent }
}

/** One process that starts, tells its parent where it is, and stops at a signal; shared by single and mixed services. */
export async function runProcess(
  name: string,
  settings: Settings,
  start: (env: Environment) => Promise<Running>,
): Promise<void> {
  if (process.argv.includes("--help")) {
    const all = describeSettings({ ...settings, ...SHELL_SETTINGS })
    process.stdout.write(`${name}: settings, by environment variable\n${all}\n`)
    return
  }
  // biome-ignore lint/style/noProcessEnv: the one place where a process reads its environment
  const starting = start(process.env)
  stopOnSignals(starting)
  try {
    const { url } = await starting
    // The parent may have gone meanwhile: then we stop.
    process.send?.({ started: url }, undefined, undefined, () => undefined)
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(`${name}: ${error.message}\n`)
    else createLog(name, "info").error({ err: error }, `cannot start: ${(error as Error).message}`)
    process.exit(1)
  }
}

/**
 * SIGTERM, SIGINT and the parent's end stop the service, also while it starts; a second signal, or 10 s, end the process at once.
 */
function stopOnSignals(starting: Promise<Running>): void {
  let stopping = false
  const stop = (code: number): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), STOP_MS).unref()
    starting
      .then(({ stop: stopService }) => stopService())
      .then(
        () => process.exit(code),
        () => process.exit(1),
      )
  }
  const onSignal = (): void => (stopping ? process.exit(1) : stop(0))
  process.on("SIGTERM", onSignal)
  process.on("SIGINT", onSignal)
  onParentGone(() => stop(0))
  process.on("uncaughtException", (error) => {
    void starting.then(({ context }) => context.log.error({ err: error }, "uncaught: the process ends"))
    stop(1)
  })
}
