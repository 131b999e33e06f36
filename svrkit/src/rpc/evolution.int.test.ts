import { pino } from "pino"
import { afterEach, describe, expect, it } from "vitest"
import type { ServiceTable } from "../codec/index.ts"
import { parseService } from "../describe/service.ts"
import { compileTable } from "../generate/compile.ts"
import { Channel } from "./channel.ts"
import { RpcServer } from "./server.ts"
import { CREDENTIAL, failureOf, quietAgent } from "./test-kit.ts"

const table = (fields: string, methods = ""): ServiceTable =>
  compileTable(
    parseService(
      "shop.xml",
      `<service xmlns="urn:ossagent:svrkit:1" name="shop">
  <type name="Item"><field tag="1" name="name" type="string"/>${fields}</type>
  <type name="Size"><field tag="1" name="width" type="uint32"/></type>
  <method name="Buy" number="1" request="Item" reply="Item"/>${methods}
</service>`,
    ),
  )
const OLD = table('<field tag="2" name="count" type="uint32"/><field tag="9" name="gone" type="string"/>')
const NEW = table(
  '<field tag="2" name="count" type="int64"/><field tag="3" name="size" type="Size"/><field tag="4" name="tags" type="string" repeated="true"/><reserved tag="9"/>',
  '<method name="Price" number="2" request="Item" reply="Item"/>',
)

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A service of one version that answers with what it was given, called by a client of another. */
async function between(client: ServiceTable, server: ServiceTable) {
  const seen: Record<string, unknown>[] = []
  const echo = (item: Record<string, unknown>): unknown => {
    seen.push(item)
    return item
  }
  const agent = quietAgent()
  const rpc = new RpcServer({ credentials: [CREDENTIAL], log: pino({ level: "silent" }), agent })
  rpc.serve(server, { buy: echo, price: echo })
  const port = await rpc.listen(0)
  const channel = new Channel({ table: client, targets: [`127.0.0.1:${port}`], credential: CREDENTIAL, agent })
  closing.push(
    () => rpc.stop(100),
    () => channel.stop(),
  )
  const call = (name: string, item: unknown): Promise<unknown> => {
    const method = client.methods.find((one) => one.name === name) as (typeof client.methods)[number]
    return channel.call(method, item)
  }
  return { call, seen }
}

describe("two versions of a description", () => {
  it("an old client's call at a new server reads with defaults for what it does not say", async () => {
    const { call, seen } = await between(OLD, NEW)
    const reply = await call("Buy", { name: "tea", count: 3, gone: "still here" })
    expect(seen[0]).toMatchObject({ name: "tea", count: 3, size: { width: 0 }, tags: [] })
    // The new server does not know `gone` any more, kept it, and sent it back.
    expect(reply).toMatchObject({ name: "tea", count: 3, gone: "still here" })
  })

  it("a new client's call at an old server keeps what the old one does not know", async () => {
    const { call, seen } = await between(NEW, OLD)
    const item = { name: "tea", count: 3, size: { width: 7 }, tags: ["a", "b"] }
    expect(await call("Buy", item)).toMatchObject(item)
    expect(seen[0]).toMatchObject({ name: "tea", count: 3, gone: "" })
    expect(await failureOf(call("Price", item))).toMatchObject({
      code: "unknown_method",
      message: "shop has no method 2",
    })
  })
})
