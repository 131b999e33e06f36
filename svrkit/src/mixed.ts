import type { Logger } from "pino"
import type { Environment, Settings } from "./config.ts"
import type { RpcServer } from "./rpc/server.ts"
import { type RunningService, runProcess, type Service } from "./service.ts"

// biome-ignore lint/suspicious/noExplicitAny: services of any settings stand in one list
type AnyService = Service<any>

/** Several services in one process: they call each other in memory, with the same stubs, and stop in reverse order. */
export async function startMixed(
  services: readonly AnyService[],
  env: Environment,
  log?: Logger,
): Promise<{ running: RunningService<Settings>[]; stop: () => Promise<void> }> {
  const names = services.map(({ definition }) => definition.name)
  const mixed = { first: names[0] ?? "", names: new Set(names), servers: new Map<string, RpcServer>() }
  const running: RunningService<Settings>[] = []
  const stop = async (): Promise<void> => {
    for (const one of running.splice(0).reverse()) await one.stop()
  }
  try {
    for (const service of services) running.push(await service.start(env, log, mixed))
  } catch (error) {
    await stop()
    throw error
  }
  return { running: [...running], stop }
}

/** As a process of its own, until a signal stops it. */
export async function runMixed(services: readonly AnyService[]): Promise<void> {
  const settings: Settings = Object.assign({}, ...services.map(({ definition }) => definition.config))
  await runProcess("mixed", settings, async (env) => {
    const { running, stop } = await startMixed(services, env)
    const [first] = running as [RunningService<Settings>]
    return { url: first.url, stop, context: first.context }
  })
}
