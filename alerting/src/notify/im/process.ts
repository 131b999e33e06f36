/** The IM as a process of its own, as `npm start` runs it. For tests; needs its build. */
import { fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { type AddressInfo, createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { until } from "../../testing.ts"

const MAIN = fileURLToPath(new URL("../../../../im-services/dist/main.js", import.meta.url))

export interface ImProcess {
  dispatch: string
  appKey: string
  stop: (signal?: NodeJS.Signals) => Promise<void>
  /** Starts it again, on the same ports and database. */
  start: () => Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export async function startImProcess(postgresUrl: string): Promise<ImProcess> {
  const [dispatch, tcp, ws] = [await freePort(), await freePort(), await freePort()]
  const secret = () => randomBytes(24).toString("base64url")
  const store = (name: string): string => {
    const url = new URL(postgresUrl)
    url.searchParams.set("schema", `store_${name}`)
    return `${name}=${url.href}`
  }
  const appKey = secret()
  const env = {
    OSSAGENT_RPC_TOKEN: secret(),
    OSSAGENT_IM_APP_KEY: appKey,
    AUTH_TICKET_KEY: `${secret()}${secret()}`,
    MAILBOX_DATABASES: [0, 1].map((set) => `${set}=${postgresUrl}`).join(","),
    DATASTORE_ENGINES: ["a", "b", "c"].map(store).join(","),
    DATASTORE_CONNECTIONS: "4",
    PROBE_EVERY_SEC: "0",
    DISPATCH_HTTP_PORT: String(dispatch),
    OSSAGENT_IM_TCP_PORT: String(tcp),
    OSSAGENT_IM_WS_PORT: String(ws),
    OSSAGENT_ACCESS_REGISTERS_PER_MIN: "1000",
  }
  let end = async (_: NodeJS.Signals): Promise<void> => undefined
  const start = async (): Promise<void> => {
    const child = fork(MAIN, { silent: true, env: { PATH: process.execPath, ...env } })
    const said: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => said.push(String(chunk)))
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
    end = async (signal) => {
      child.kill(signal)
      await ended
    }
    await until(
      "the IM lets people in",
      async () => {
        if (child.exitCode !== null) throw new Error(`the IM ended: ${said.join("").slice(-2_000)}`)
        const headers = { "x-app-key": appKey }
        const answer = await fetch(`http://127.0.0.1:${dispatch}/v1/access`, { headers }).catch(() => null)
        return answer?.ok && ((await answer.json()) as { addresses: unknown[] }).addresses.length > 0
      },
      60_000,
    )
  }
  await start()
  return { dispatch: `http://127.0.0.1:${dispatch}`, appKey, start, stop: (signal = "SIGKILL") => end(signal) }
}
