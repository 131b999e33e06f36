/**
 * `npm start`: the two engines and every service as processes of their own, supervised. Ctrl-C, SIGTERM or the end of this process
 * stops them all, the last started first.
 */
import { writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Agent } from "@ossagent/agent"
import { onParentGone } from "@ossagent/svrkit"
import { claimData } from "./claim.ts"
import { describeLaunch, type LaunchConfig, parseLaunchConfig } from "./config.ts"
import { restartOnChange } from "./develop.ts"
import { watchMachine } from "./machine.ts"
import { readSecrets, type Secrets } from "./secrets.ts"
import { portsOf, type ServiceSpec, servicesOf } from "./services.ts"
import { type Supervised, supervise } from "./supervise.ts"

/** Services that wait for nobody are started at once; the others once these are there. */
const FIRST = new Set(["clickhouse", "postgres"])

const running: Supervised[] = []
let machine: Agent | null = null
let stopping: Promise<void> | null = null

async function main(): Promise<void> {
  const from = Date.now()
  const config = parseLaunchConfig(process.env)
  const { secrets, path } = readSecrets(config.dataDir)
  const claim = claimData(config.dataDir)
  process.on("exit", claim.release)
  const specs = servicesOf(config, secrets, process.env)
  await refuseBusyPorts(specs)
  const begin = async (some: ServiceSpec[]): Promise<void> => {
    const started = some.map((spec) => supervise(spec, childEnv(), () => machine))
    running.push(...started)
    await Promise.all(started.map((one) => one.started))
  }
  await begin(specs.filter((spec) => FIRST.has(spec.name)))
  await begin(specs.filter((spec) => !FIRST.has(spec.name)))
  machine = watchMachine({
    collector: `http://127.0.0.1:${portsOf(config.port).collector}`,
    key: secrets.ingestKey,
    dataDir: config.dataDir,
    spool: join(config.dataDir, "spool/machine"),
  })
  writeAgentEnv(config, secrets)
  if (config.development) restartOnChange(running)
  greet({ config, secrets, path, seconds: (Date.now() - from) / 1000 })
  process.send?.({ started: `http://127.0.0.1:${config.port}` })
}

/** Node's own variables for children; secrets are each service's own, by its specification. */
const childEnv = (): NodeJS.ProcessEnv => ({ ...process.env, FORCE_COLOR: undefined })

const PORT_FREE_MS = 10_000
const SAY_AFTER_MS = 1_000

/** A port that somebody else holds is said before anything starts; what a killed copy left gets a moment to end. */
async function refuseBusyPorts(specs: readonly ServiceSpec[]): Promise<void> {
  const from = Date.now()
  const first = specs.find(({ name }) => name === "dashboard")?.port ?? 0
  let said = false
  for (const { name, port, morePorts = [] } of specs) {
    for (const one of [port, ...morePorts]) {
      for (let code = await tryPort(one); code !== null; code = await tryPort(one)) {
        const waitedMs = Date.now() - from
        if (code !== "EADDRINUSE" || waitedMs > PORT_FREE_MS)
          throw new Error(
            `cannot start ${name}: port ${one} cannot be had (${code}). Stop what holds it, or set OSSAGENT_PORT to another port, say ${first + 1000}.`,
          )
        if (!said && waitedMs > SAY_AFTER_MS) process.stdout.write(`ossagent: port ${one} is taken: waiting for it …\n`)
        said ||= waitedMs > SAY_AFTER_MS
        await sleep(250)
      }
    }
  }
}

/** Null when the port is free, else the system's code. */
const tryPort = (port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(null)))
  })

/** For `source`: what a service of yours needs to send metrics here. */
function writeAgentEnv({ dataDir, port }: LaunchConfig, { ingestKey }: Secrets): void {
  const lines = [
    `export OSSAGENT_COLLECTOR=http://127.0.0.1:${portsOf(port).collector}`,
    `export OSSAGENT_KEY=${ingestKey}`,
    "",
  ]
  writeFileSync(join(dataDir, "agent.env"), lines.join("\n"), { mode: 0o600 })
}

function greet(about: { config: LaunchConfig; secrets: Secrets; path: string; seconds: number }): void {
  const { config, secrets, path, seconds } = about
  const dashboard = process.env.OSSAGENT_DASHBOARD_URL ?? `http://127.0.0.1:${config.port}`
  process.stdout.write(
    [
      "",
      `  OssAgent is running (started in ${seconds.toFixed(1)} s)`,
      "",
      `  dashboard   ${dashboard}`,
      `  e-mail      ${secrets.adminEmail}`,
      `  password    ${secrets.adminPassword}      (first password; kept in ${path})`,
      "",
      `  your service: source ${join(config.dataDir, "agent.env")}   then use @ossagent/agent, see "Add a service"`,
      `  two people talk: ${dashboard}/chat, or npm run chat in a terminal each`,
      "  see it at work: npm run demo in another terminal, a simulated day in five minutes",
      "  Ctrl-C stops everything.",
      "",
      "",
    ].join("\n"),
  )
}

async function stopAll(): Promise<void> {
  await machine?.stop(500)
  for (const one of running.reverse()) await one.stop()
}

function stop(code: number): void {
  if (stopping !== null) {
    process.stderr.write("ossagent: still stopping\n")
    return
  }
  process.stdout.write("ossagent: stopping …\n")
  stopping = stopAll()
  void stopping.then(() => process.exit(code))
}

if (process.argv.includes("--help")) {
  process.stdout.write(
    `npm start: settings, by environment variable; those of the services are in docs/settings.md\n${describeLaunch()}\n`,
  )
} else {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(0))
  onParentGone(() => stop(0))
  main().catch((error: Error) => {
    process.stderr.write(`ossagent: ${error.message}\n`)
    stop(1)
  })
}
