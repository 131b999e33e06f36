import { type ChildProcess, execFile, fork } from "node:child_process"
import { once } from "node:events"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { promisify } from "node:util"
import { type Product, ROOT } from "./stack.ts"

const run = promisify(execFile)
const TOKEN = "a-token-that-services-share"

/** A service as `npx svrkit new` leaves it, built and running, with nothing written in it. */
export interface NewService {
  name: string
  /** Calls `Greet` by the generated command line; gives what it prints. */
  greet: () => Promise<string>
  stop: () => Promise<void>
}

/** Makes it within the checkout, where packages are found as in a service's own folder there. */
export async function startNewService(product: Product, name: string): Promise<NewService> {
  await mkdir(join(ROOT, "test/dist"), { recursive: true })
  const directory = await mkdtemp(join(ROOT, "test/dist/new-"))
  const svrkit = (...args: string[]) =>
    run(process.execPath, [join(ROOT, "svrkit/bin/svrkit.mjs"), ...args], {
      cwd: directory,
      env: { ...process.env, OSSAGENT_RPC_TOKEN: TOKEN },
    })
  await svrkit("new", name)
  await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", join(directory, name)])
  const port = await freePort()
  const child = fork(join(directory, name, "dist/main.js"), {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      OSSAGENT_COLLECTOR: product.collectorUrl,
      OSSAGENT_KEY: product.secrets.ingestKey,
      OSSAGENT_RPC_TOKEN: TOKEN,
      [`${name.toUpperCase()}_RPC_PORT`]: String(port),
    },
  })
  await once(child, "message")
  const xml = join(directory, name, `src/${name}.xml`)
  return {
    name,
    greet: async () => (await svrkit("call", xml, "Greet", "--name", "Ada", "--target", `127.0.0.1:${port}`)).stdout,
    stop: () => end(child, directory),
  }
}

async function end(child: ChildProcess, directory: string): Promise<void> {
  child.kill("SIGTERM")
  await once(child, "exit")
  await rm(directory, { recursive: true, force: true })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, "close")
  return port
}
