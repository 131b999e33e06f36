import { pino } from "pino"
import { afterEach, describe, expect, it } from "vitest"
import { setting } from "./config.ts"
import { startMixed } from "./mixed.ts"
import type { Channel } from "./rpc/channel.ts"
import { ECHO, failureOf, SAY, type Text } from "./rpc/test-kit.ts"
import { defineRpcService, targets } from "./rpc-service.ts"

const silent = pino({ level: "silent" })
const env = { OSSAGENT_RPC_TOKEN: "a-token-that-services-share" }

const answer = ({ text }: Text): Partial<Text> => ({ text: `echo ${text}` })
const echo = defineRpcService({ name: "echo", start: ({ rpc }) => rpc.serve(ECHO, { say: answer, once: answer }) })

let toEcho: Channel | undefined
const front = defineRpcService({
  name: "front",
  config: { echo: setting("FRONT_ECHO", targets(), "targets of echo") },
  start: ({ rpc, config }) => {
    toEcho = rpc.channel(ECHO, config.echo)
    const ask = (request: Text, call: never): Promise<Text> => (toEcho as Channel).call(SAY, request, { under: call })
    rpc.serve({ ...ECHO, name: "front" }, { say: ask, once: ask })
  },
})

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

describe("a service with calls", () => {
  it("is called over the network where each has a process of its own", async () => {
    const back = await echo.start(env, silent)
    stops.push(back.stop)
    const running = await front.start({ ...env, FRONT_ECHO: `127.0.0.1:${back.rpcPort}` }, silent)
    stops.push(running.stop)
    expect((await (toEcho as Channel).call(SAY, { text: "hi" })).text).toBe("echo hi")
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200)
  })

  it("is called in memory where several share a process, without any address", async () => {
    const { running, stop } = await startMixed([front, echo], env, silent)
    stops.push(stop)
    expect((await (toEcho as Channel).call(SAY, { text: "hi" })).text).toBe("echo hi")
    const asFront = running[0]?.context.rpc.channel({ ...ECHO, name: "front" }, []) as Channel
    expect((await asFront.call(SAY, { text: "through" })).text).toBe("echo through")
    await stop()
    expect((await failureOf((toEcho as Channel).call(SAY, { text: "late" }))).code).toBe("stopped")
  })

  it("cannot be called without the shared secret, and says which setting is missing", async () => {
    const back = await echo.start(env, silent)
    stops.push(back.stop)
    await expect(front.start({ FRONT_ECHO: `127.0.0.1:${back.rpcPort}` }, silent)).rejects.toThrow(
      "OSSAGENT_RPC_TOKEN is unset",
    )
  })
})
