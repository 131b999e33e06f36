/** The client library on a network that goes away without a word. */
import { connect, createServer, type Server, type Socket } from "node:net"
import { type ChatClient, createClient, MemoryStore, tcpTransport } from "@ossagent/im-client/node"
import { afterAll, afterEach, beforeAll, expect, it } from "vitest"
import { APP_KEY, type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"

const PASSWORD = "a password of tests"
let im: RunningIm
let client: ChatClient
let way: Way
beforeAll(async () => {
  im = await startIm()
})
afterEach(async () => {
  await client?.stop()
  way?.server.close()
})
afterAll(() => im.stop())

/** A way to the access that can be cut so that neither side is told. */
interface Way {
  server: Server
  address: string
  opened: number
  cut: () => void
}

async function openWay(): Promise<Way> {
  const pairs: [Socket, Socket][] = []
  const server = createServer((from) => {
    const to = connect(im.tcpPort, "127.0.0.1")
    pairs.push([from, to])
    way.opened++
    from.pipe(to).pipe(from)
    for (const socket of [from, to]) socket.on("error", () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  const cut = (): void => {
    for (const [from, to] of pairs.splice(0)) {
      from.unpipe(to)
      to.unpipe(from)
      to.destroy()
      from.resume()
    }
  }
  return { server, address: `127.0.0.1:${port}`, opened: 0, cut }
}

/** `now` of the client's clock is the system's and `skewMs`. */
async function enter(name: string): Promise<{ sleep: (ms: number) => void; states: string[] }> {
  way = await openWay()
  let skewMs = 0
  const states: string[] = []
  const clock = {
    now: () => Date.now() + skewMs,
    after: (ms: number, run: () => void) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  }
  client = await createClient({
    ...{ store: new MemoryStore(), transport: tcpTransport(), appKey: APP_KEY, dispatch: im.dispatchUrl, clock },
    toAddress: () => way.address,
    onState: ({ is }) => states.push(is),
  })
  await client.register(name, PASSWORD)
  await client.login(name, PASSWORD)
  return {
    states,
    sleep: (ms) => {
      skewMs += ms
    },
  }
}

it("connects to an access as it is reached from here, which dispatch cannot know", async () => {
  await enter("ada")
  expect(way.opened).toBe(2)
})

it("a connection that died in a sleep is found out by a look at it, and another one is there", async () => {
  const { sleep, states } = await enter("bob")
  way.cut()
  sleep(3_600_000)
  expect(client.state.is).toBe("online")
  client.hurry()
  await until("the loss is found", () => states.includes("waiting"))
  await until("it is back", () => client.state.is === "online")
  expect(way.opened).toBe(3)
})

it("a connection that lives is not given up when somebody looks", async () => {
  const { sleep, states } = await enter("eve")
  sleep(3_600_000)
  client.hurry()
  client.hurry()
  await client.findUser("eve")
  expect(states.filter((is) => is === "waiting")).toEqual([])
  expect(way.opened).toBe(2)
})

it("where the system says that there is no network the connection is given up at once", async () => {
  const { states } = await enter("joe")
  client.networkLost()
  expect(client.state).toMatchObject({ is: "waiting", why: "offline" })
  client.hurry()
  await until("it is back", () => client.state.is === "online")
  expect(states.filter((is) => is === "waiting").length).toBe(1)
})
