import { z } from "zod"
import { type ConfigOf, port, type Settings, setting } from "./config.ts"
import type { ErrorTable } from "./errors.ts"
import type { RpcServerLimits } from "./rpc/server.ts"
import { defineService, type Service, type ServiceContext } from "./service.ts"

/** Settings that every service with calls has, named after it. */
const rpcSettings = (name: string) => {
  const upper = name.replaceAll("-", "_").toUpperCase()
  return {
    rpcPort: setting(`${upper}_RPC_PORT`, port(0), "port where calls are answered; default 0, the system chooses"),
    httpPort: setting(`${upper}_HTTP_PORT`, port(0), "port of /healthz and /readyz; default 0, the system chooses"),
  }
}
type RpcSettings = ReturnType<typeof rpcSettings>

export interface RpcServiceDefinition<S extends Settings> {
  /** The name in its description. */
  name: string
  /** See ServiceDefinition. */
  partOf?: string
  config?: S
  errors?: ErrorTable
  limits?: Partial<RpcServerLimits>
  start: (context: ServiceContext<S & RpcSettings>) => void | Promise<void>
}

/** A service that answers calls, on the same shell as any other; its HTTP door tells its health alone. */
export function defineRpcService<const S extends Settings = Record<never, never>>(
  definition: RpcServiceDefinition<S>,
): Service<S & RpcSettings> {
  const { name, partOf, errors, limits, start } = definition
  const settings = { ...rpcSettings(name), ...definition.config } as S & RpcSettings
  type Config = ConfigOf<RpcSettings>
  return defineService({
    name,
    config: settings,
    ...(partOf === undefined ? {} : { partOf }),
    ...(errors === undefined ? {} : { errors }),
    door: (config) => ({ port: (config as unknown as Config).httpPort, credentials: [] }),
    rpc: (config) => ({ port: (config as unknown as Config).rpcPort, limits: limits ?? {} }),
    start,
  })
}

/** Targets of another service: `host:port`, several separated by commas. */
export const targets = (standard = "") =>
  z
    .string()
    .default(standard)
    .transform((text) => text.split(",").filter((target) => target !== ""))
