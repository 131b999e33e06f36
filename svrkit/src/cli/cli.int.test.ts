import { type ChildProcess, execFile, fork } from "node:child_process"
import { once } from "node:events"
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, it } from "vitest"

const ROOT = fileURLToPath(new URL("../../../", import.meta.url))
const CLI = join(ROOT, "svrkit/bin/svrkit.mjs")
const TSC = join(ROOT, "node_modules/.bin/tsc")
// Within the checkout, so that packages are found as in a service's own folder there.
mkdirSync(join(ROOT, "svrkit/dist"), { recursive: true })
const directory = mkdtempSync(join(ROOT, "svrkit/dist/cli-test-"))
const token = "a-token-that-services-share"
const service = join(directory, "hello-world")
const xml = join(service, "src/hello-world.xml")

interface Ran {
  code: number
  out: string
  err: string
}
const run = (command: string, args: string[], cwd: string): Promise<Ran> =>
  new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { cwd, env: { ...process.env, OSSAGENT_RPC_TOKEN: token } },
      (_error, out, err) => resolve({ code: child.exitCode ?? 1, out, err }),
    )
  })
const svrkit = (...args: string[]): Promise<Ran> => run(process.execPath, [CLI, ...args], directory)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, "close")
  return port
}

let child: ChildProcess
let target: string
beforeAll(async () => {
  await svrkit("new", "hello-world")
  const built = await run(TSC, ["-p", service], service)
  expect(built).toMatchObject({ code: 0, out: "" })
  const port = await freePort()
  target = `127.0.0.1:${port}`
  child = fork(join(service, "dist/main.js"), {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, OSSAGENT_RPC_TOKEN: token, HELLO_WORLD_RPC_PORT: String(port) },
  })
  await once(child, "message")
}, 120_000)
afterAll(async () => {
  child.kill("SIGTERM")
  await once(child, "exit")
  rmSync(directory, { recursive: true, force: true })
})

it("a new service builds in strict mode, runs, and answers its generated call", async () => {
  expect(readFileSync(xml, "utf8").trim().split("\n").length).toBeLessThanOrEqual(20)
  const { code, out } = await svrkit("call", xml, "Greet", "--name", "World", "--times", "2", "--target", target)
  expect(JSON.parse(out)).toEqual({ text: "Hello, World!!" })
  expect(code).toBe(0)
})

it("a call tells the service's own error, and what is wrong with its words", async () => {
  const failed = await svrkit("call", xml, "greet", "--target", target)
  expect(failed.code).toBe(1)
  expect(JSON.parse(failed.out)).toEqual({
    error: { code: "no_name", message: "cannot greet: nobody was named", retry: false },
  })
  expect((await svrkit("call", xml, "Greet", "--times", "many", "--target", target)).err).toContain(
    'GreetRequest.times must be a number, not "many"',
  )
  expect((await svrkit("call", xml, "Greet", "--colour", "red")).err).toContain("unknown option '--colour'")
  expect((await svrkit("call", xml, "Sing")).err).toContain("has no method Sing")
  expect((await svrkit("call", xml)).out).toContain("Greet(GreetRequest) → GreetReply")
  expect((await svrkit("call", xml, "Greet", "--help")).out).toContain("--times <uint32>")
  const away = await svrkit("call", xml, "Greet", "--name", "x", "--target", "127.0.0.1:1", "--timeout", "200")
  expect(JSON.parse(away.out).error).toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("ECONNREFUSED"),
  })
})

it("a generated file that is not current is found", async () => {
  expect(await svrkit("generate", "--check")).toMatchObject({ code: 0 })
  const codec = join(service, "src/generated/hello-world.codec.ts")
  appendFileSync(codec, "// by hand\n")
  const found = await svrkit("generate", "--check")
  expect(found.code).toBe(1)
  expect(found.out).toContain("hello-world.codec.ts is not current: run `npx svrkit generate")
  await svrkit("generate")
  expect(await svrkit("generate", "--check")).toMatchObject({ code: 0 })
})

it("a fault of a description is told with its place", async () => {
  const path = join(directory, "bad.xml")
  writeFileSync(
    path,
    readFileSync(xml, "utf8").replace('tag="2" name="times" type="uint32"', 'tag="1" name="times" type="uint"'),
  )
  const { code, err } = await svrkit("generate", path)
  expect(code).toBe(1)
  expect(err).toContain("bad.xml:4:12: GreetRequest has the tag 1 twice: name carries it")
  expect(err).toContain('unknown type "uint"')
})

it("what is generated from the example, with every kind of field, is strict TypeScript", async () => {
  const shop = join(directory, "shop")
  mkdirSync(shop)
  cpSync(join(ROOT, "svrkit/example/shop.xml"), join(shop, "shop.xml"))
  expect((await svrkit("generate", join(shop, "shop.xml"))).code).toBe(0)
  const config = JSON.parse(readFileSync(join(service, "tsconfig.json"), "utf8"))
  config.compilerOptions = { ...config.compilerOptions, rootDir: ".", noEmit: true, exactOptionalPropertyTypes: true }
  writeFileSync(join(shop, "tsconfig.json"), JSON.stringify({ ...config, include: ["."] }))
  expect(await run(TSC, ["-p", shop], shop)).toMatchObject({ code: 0, out: "" })
  expect(readFileSync(join(shop, "generated/shop.codec.ts"), "utf8")).not.toContain("node:")
}, 60_000)

it("all generated files of this repository are current", async () => {
  expect(await run(process.execPath, [CLI, "generate", "--check"], ROOT)).toMatchObject({ code: 0 })
})
