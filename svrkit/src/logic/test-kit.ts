import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Audience, LogicPlan, LogicReport } from "@ossagent/wire"

export const MODULE = "greet"
export const EVERYBODY: Audience = { versions: [], regions: [], users: [] }

/** A folder of logic for one test. */
export async function makeLogicDir(): Promise<{
  dir: string
  write: (version: string, body: string) => Promise<void>
  drop: (version: string) => Promise<void>
  remove: () => Promise<void>
}> {
  const dir = await mkdtemp(join(tmpdir(), "logic-"))
  return {
    dir,
    write: async (version, body) => {
      await mkdir(join(dir, MODULE, version), { recursive: true })
      await writeFile(join(dir, MODULE, version, "package.json"), '{"type":"module"}')
      await writeFile(join(dir, MODULE, version, "index.js"), body)
    },
    drop: (version) => rm(join(dir, MODULE, version), { recursive: true }),
    remove: () => rm(dir, { recursive: true, force: true }),
  }
}

/** Logic that answers with its version; `more` is run first, with `request`, `call` and `context` at hand. */
export const toLogic = (version: string, more = ""): string => `
let kept = []
export default (context) => {
  const say = async (request, call) => {
    ${more}
    return { text: "${version} " + request.text, bytes: request.bytes }
  }
  return { handlers: { say, once: say }, stop: () => { kept = [] } }
}
`

/** The alerting service's door for logic, as a test bends it. */
export async function startDoor(plan: LogicPlan) {
  const door = {
    plan,
    reports: [] as LogicReport[],
    isAway: false,
    url: "",
    close: async (): Promise<void> => undefined,
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      if (!door.isAway) door.reports.push(JSON.parse(Buffer.concat(chunks).toString()) as LogicReport)
      response.writeHead(door.isAway ? 503 : 200).end(JSON.stringify({ plans: [door.plan] }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  door.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  door.close = () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections())
  return door
}

export const newest = (door: { reports: LogicReport[] }, version: string) =>
  door.reports.at(-1)?.modules[0]?.versions.find((one) => one.version === version)
