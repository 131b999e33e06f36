/**
 * datastore: rows of other services' stores, in engines that it holds. In come calls of `connect.ts` (svrkit's modes run at the callers)
 * and of `sets.ts`, which moves buckets; out go transactions to PostgreSQL. It alone has the passwords of these databases.
 */
import { defineRpcService, type ServiceContext } from "@ossagent/svrkit"
import { createPostgresEngine, type PostgresEngine } from "@ossagent/svrkit/store"
import { DATASTORE_SETTINGS } from "./config.ts"
import { serveDatastore } from "./generated/datastore.server.ts"
import { createHandlers } from "./handlers.ts"

const READY_MS = 10_000

export const datastore = defineRpcService({
  name: "datastore",
  partOf: "im",
  config: DATASTORE_SETTINGS,
  start: async (context) => {
    const { config, rpc, ready, onStop } = context
    const engines = new Map<string, PostgresEngine>()
    for (const { name, urls, schema } of config.engines) {
      const onTrouble = (message: string): void => context.log.warn({ engine: name }, message)
      const engine = createPostgresEngine({ name, urls, schema, mostConnections: config.connections, onTrouble })
      engines.set(name, engine)
      ready(`engine ${name}`, () => (engine.found ? null : `no primary of the engine ${name} is found`))
      onStop(() => engine.stop())
    }
    await Promise.all([...engines.values()].map((engine) => tryFirst(engine, context)))
    watch(engines, context)
    serveDatastore(rpc, createHandlers(engines))
  },
})

/** Finds the primary and makes the tables; an engine that is away now may come later. */
async function tryFirst(
  engine: PostgresEngine,
  { log }: Pick<ServiceContext<Record<never, never>>, "log">,
): Promise<void> {
  try {
    await engine.scan("", new Uint8Array(0), 1, { timeoutMs: READY_MS })
  } catch (error) {
    log.warn({ engine: engine.name, err: error }, "the engine is away: its calls fail until it comes")
  }
}

function watch(
  engines: ReadonlyMap<string, PostgresEngine>,
  { agent }: Pick<ServiceContext<Record<never, never>>, "agent">,
): void {
  const waiting = agent.gauge("datastore.waiting", { unit: "{row}" })
  const up = agent.gauge("datastore.engine_up")
  agent.onFlush(() => {
    for (const [engine, one] of engines) {
      waiting.with({ engine }).set(one.waiting)
      up.with({ engine }).set(one.found ? 1 : 0)
    }
  })
}
