/** `npm run demo`: the simulated day, told where this installation answers. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { createSay, type Installation, parseCommandLine, removeDemo, runDemo, USAGE } from "@ossagent/demo"
import { parseLaunchConfig } from "./config.ts"
import { readSecrets } from "./secrets.ts"
import { portsOf } from "./services.ts"

const EVERYWHERE = new Set(["0.0.0.0", "::"])

/** Throws Error when nothing says where the services are. */
function readInstallation(env: NodeJS.ProcessEnv): Installation {
  const { port, host, dataDir } = parseLaunchConfig(env)
  if (!existsSync(join(dataDir, "secrets.json")))
    throw new Error(`nothing was started with ${dataDir} yet: run npm start in another terminal first`)
  const { secrets } = readSecrets(dataDir)
  const ports = portsOf(port)
  const at = (name: "collector" | "alerting" | "guard" | "dispatch"): string => `http://127.0.0.1:${ports[name]}`
  return {
    dashboard: env.OSSAGENT_DASHBOARD_URL ?? `http://${EVERYWHERE.has(host) ? "127.0.0.1" : host}:${port}`,
    ...{ collector: at("collector"), alerting: at("alerting"), guard: at("guard"), dispatch: at("dispatch") },
    ...{ ingestKey: secrets.ingestKey, readToken: secrets.readToken, removeToken: secrets.removeToken },
    ...{ alertingToken: secrets.alertingToken, logicToken: secrets.logicToken, guardToken: secrets.guardToken },
    ...{ appKey: secrets.imAppKey, passwordKey: secrets.imProbeKey },
  }
}

/** Throws Error that says how to start what does not answer. */
async function checkRunning({ dashboard, collector, alerting, guard, dispatch }: Installation): Promise<void> {
  for (const url of [collector, alerting, guard, dispatch])
    await fetch(`${url}/healthz`).catch(() => {
      throw new Error(
        `the product does not answer at ${url}: run npm start in another terminal, and wait for ${dashboard}`,
      )
    })
}

async function main(): Promise<void> {
  const { help, stop, daySec, people } = parseCommandLine(process.argv.slice(2))
  if (help) {
    process.stdout.write(USAGE.replaceAll(/^demo/gm, "npm run demo --"))
    return
  }
  const installation = readInstallation(process.env)
  await checkRunning(installation)
  const say = createSay(process.stdout)
  if (stop) return removeDemo(installation, say)
  const ending = new AbortController()
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ending.abort())
  await runDemo({ installation, daySec, people, say, signal: ending.signal, random: Math.random })
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`demo: ${error.message}\n`)
    process.exit(1)
  },
)
