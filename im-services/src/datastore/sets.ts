/**
 * The command that shares users out between SETs:
 *
 *   node im-services/dist/datastore/sets.js show
 *   node im-services/dist/datastore/sets.js add NAME [HOST:PORT]
 *
 * `add` gives the engine NAME, which the datastore at HOST:PORT holds, its part of the buckets while everything goes on; run again it goes
 * on where it was. It needs OSSAGENT_STORES and OSSAGENT_RPC_TOKEN as the services have them.
 */
import { createAgent } from "@ossagent/agent"
import { ConfigError } from "@ossagent/svrkit"
import { Channel } from "@ossagent/svrkit/rpc"
import { readSetsConfig } from "./config.ts"
import { connectEngines } from "./connect.ts"
import { addEngine, type MoveDeps, readMap, shareOut } from "./move.ts"

const USAGE = "usage: sets.js show | add NAME [HOST:PORT]\n"
const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Calls of this command: without figures, for it has no service of its own. */
function createCalls(token: string) {
  const agent = createAgent({
    service: "sets",
    collector: "http://127.0.0.1:7071",
    key: "unset",
    builtIn: false,
    spool: false,
    onTrouble: () => undefined,
  })
  void agent.stop(0)
  const channels: Channel[] = []
  return {
    channel: (table: ConstructorParameters<typeof Channel>[0]["table"], targets: readonly string[]): Channel => {
      const channel = new Channel({ table, targets, credential: { name: "sets", token }, agent })
      channels.push(channel)
      return channel
    },
    stop: () => {
      for (const channel of channels) channel.stop()
    },
  }
}

async function show(deps: MoveDeps): Promise<void> {
  const { map, version } = await readMap(deps)
  print(version === 0 ? "no map is stored: every bucket is the first engine's" : `map of version ${version}`)
  for (const [index, { name, target }] of map.engines.entries()) {
    const count = map.buckets.filter((one) => one === index).length
    print(`  ${name}  ${count} buckets  ${target}`)
  }
}

async function add(deps: MoveDeps, name: string, target: string): Promise<void> {
  await addEngine(deps, name, target)
  const moved = await shareOut(deps, name)
  print(`${moved} buckets are ${name}'s now`)
}

async function main([verb, name, target = ""]: readonly string[]): Promise<number> {
  const config = readSetsConfig()
  const rpc = createCalls(config.rpcToken)
  const known = connectEngines({ rpc, config })
  if (name !== undefined) known.add({ name, targets: target === "" ? [] : [target] })
  const engine: MoveDeps["engine"] = (one) => {
    const found = known.engines.get(one)
    if (found === undefined) throw new Error(`cannot reach the engine ${one}: OSSAGENT_STORES does not name it`)
    return found
  }
  const deps = { sets: known.sets, engine, first: known.first, log: print }
  try {
    await known.readMap()
    if (verb === "show") await show(deps)
    else if (verb === "add" && name !== undefined) await add(deps, name, target)
    else {
      process.stderr.write(USAGE)
      return 2
    }
    return 0
  } finally {
    rpc.stop()
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: Error) => {
    process.stderr.write(`${error instanceof ConfigError ? "" : "cannot share out: "}${error.message}\n`)
    process.exitCode = 1
  },
)
