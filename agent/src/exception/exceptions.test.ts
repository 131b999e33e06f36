import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { beforeAll, expect, test } from "vitest"
import { describe as describeError } from "./describe.ts"
import { Exceptions } from "./exceptions.ts"
import { Roots } from "./roots.ts"
import { parseStack, toPlace, toTrace } from "./stack.ts"
import { toPattern, withoutSecrets } from "./words.ts"

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "ossagent-roots-"))
  for (const name of ["app-v1", "app-v2", "kit"]) {
    mkdirSync(join(home, name, "dist/checkout"), { recursive: true })
    writeFileSync(join(home, name, "package.json"), "{}")
  }
})
const roots = () => new Roots(join(home, "app-v1/dist"))

/** The same fault as two machines, builds and releases tell it. */
const stackOf = (app: string, line: number, driver: number, node: string) => `TypeError: order ${line} has no price
    at pay (file://${home}/${app}/dist/checkout/pay.js:${line}:7)
    at async Object.handle (${home}/${app}/dist/main-0a1b2c3d4e.js:${line + 100}:3)
    at ${home}/${app}/node_modules/fastify/lib/route.js:${driver}:9
    at next (${home}/${app}/node_modules/fastify/lib/hooks.js:${driver}:1)
    at Server.emit (node:events:${node})
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`

const errorOf = (stack: string, message = "order 17 has no price", name = "TypeError") =>
  Object.assign(new Error(message), { name, stack })
const print = (error: unknown, where = roots()) => describeError(error, where).fingerprint

test("the fingerprint is the same for other lines, machines, releases, messages and versions of Node", () => {
  const first = print(errorOf(stackOf("app-v1", 41, 250, "517:28")))
  const moved = errorOf(
    stackOf("app-v2", 57, 999, "1:1").replace("0a1b2c3d4e", "ffee00112233"),
    "order 4711 has no price",
  )
  expect(print(moved, new Roots(join(home, "app-v2")))).toBe(first)
  const deeper = stackOf("app-v1", 41, 250, "517:28").replace(
    "    at Server.emit",
    "    at x (node:net:1:1)\n    at Server.emit",
  )
  expect(print(errorOf(deeper))).toBe(first)
})

test("another name, code, function, file or thing said is another fingerprint", () => {
  const stack = stackOf("app-v1", 41, 250, "1:1")
  const all = [
    errorOf(stack),
    errorOf(stack, "order 17 has no price", "RangeError"),
    Object.assign(errorOf(stack), { code: "E_PRICE" }),
    errorOf(stack, "order 17 has no owner"),
    errorOf(stack.replace("at pay", "at refund")),
    errorOf(stack.replace("pay.js", "refund.js")),
  ]
  expect(new Set(all.map((error) => print(error))).size).toBe(all.length)
})

test("without code of the application in the stack the message alone tells errors apart", () => {
  const stack = "Error: x\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)"
  const refused = (message: string) => print(errorOf(stack, message, "Error"))
  expect(refused("connect ECONNREFUSED 10.0.0.7:5432")).toBe(refused("connect ECONNREFUSED 10.0.0.8:6000"))
  expect(refused("connect ECONNREFUSED 10.0.0.7:5432")).not.toBe(refused("connect ETIMEDOUT 10.0.0.7:5432"))
  expect(print("no user 17")).toBe(print("no user 18"))
  expect(print("no user 17")).not.toBe(print("no group 17"))
})

test.each([
  ["cannot find user 4711 in 2.5 s", "cannot find user <n> in <n> s"],
  ["GET https://a.example/orders/17?key=x failed", "GET <url> failed"],
  [`Unexpected token 'x', "{xy" is not valid JSON`, "Unexpected token <text>, <text> is not valid JSON"],
  ["it's the user's, isn't it", "it's the user's, isn't it"],
  ["row 6f9619ff-8b86-d011-b42d-00c04fc964ff of deadbeef01", "row <id> of <id>"],
  ["mail to ann@example.com bounced", "mail to <address> bounced"],
  ["ENOENT: no such file or directory, open /srv/data/17.json", "ENOENT: no such file or directory, open <path>"],
  ["at 10.0.0.7:5432", "at <n>"],
])("the pattern of %j", (message, pattern) => {
  expect(toPattern(message)).toBe(pattern)
})

test("files are named as the project names them: of the application, of a package beside it, of a dependency", () => {
  const frames = parseStack(
    `Error: x
    at new Pay (${home}/kit/dist/rpc.js:5:1)
    at async Promise.all (index 3)
    at eval (eval at run (${home}/app-v1/dist/a.js:1:1), <anonymous>:1:1)
    at /elsewhere/deep/down/in/x.js:9:2
    at ${home}/app-v1/node_modules/@scope/db/lib/a.js:1:1
    at ${home}/app-v1/dist/a.js:2:3`,
    roots(),
  )
  expect(frames.map(({ file, whose }) => [file, whose])).toEqual([
    ["kit/dist/rpc.js", "own"],
    ["index 3", "node"],
    [expect.stringContaining("eval at run"), "node"],
    ["down/in/x.js", "own"],
    ["node_modules/@scope/db/lib/a.js", "dependency"],
    ["dist/a.js", "own"],
  ])
  expect(toTrace(frames)).toEqual(["new Pay kit/dist/rpc.js", " down/in/x.js", "@scope/db", " dist/a.js"])
  expect(toPlace(frames)).toBe("kit/dist/rpc.js:5")
})

test("what is sent is name, message, stack and causes, without roots, credentials and what hangs on the error", () => {
  const cause = errorOf(stackOf("app-v1", 8, 1, "1:1"), "cannot reach postgres://shop:hunter2@db/shop", "DatabaseError")
  const error = Object.assign(errorOf(stackOf("app-v1", 41, 1, "1:1")), { cause, headers: { authorization: "secret" } })
  const { stack, place, type, message } = describeError(error, roots())
  expect({ place, type, message }).toEqual({
    place: "dist/checkout/pay.js:41",
    type: "TypeError",
    message: "order 17 has no price",
  })
  expect(stack.split("\n").slice(0, 2)).toEqual([
    "TypeError: order 17 has no price",
    "    at pay (dist/checkout/pay.js:41:7)",
  ])
  expect(stack).toContain(
    "Caused by: DatabaseError: cannot reach postgres://***@db/shop\n    at pay (dist/checkout/pay.js:8:7)",
  )
  expect(stack).not.toMatch(/hunter2|secret|ossagent-roots/)
})

test.each([
  ["Authorization: Bearer abcdef123456", "Authorization: *** ***"],
  ["sent Bearer abcdef123456.xyz", "sent Bearer ***"],
  [`{"password":"hunter2","a":1}`, `{"password":"***","a":1}`],
  ["https://ann:pw@host/x?api_key=k1&b=2", "https://***@host/x?api_key=***&b=2"],
  ["the token is wrong", "the token is wrong"],
])("credentials in %j are left out", (text, clean) => {
  expect(withoutSecrets(text)).toBe(clean)
})

test("any text is read in time in proportion to its length", () => {
  const hostile = [
    "a".repeat(9_000),
    "password".repeat(1_000),
    "x://".repeat(2_000),
    "/a".repeat(4_000),
    "'".repeat(9_000),
  ]
  const from = performance.now()
  for (const text of hostile) {
    toPattern(text)
    withoutSecrets(text)
    describeError(errorOf(`Error: ${text}\n${`    at ${text} (\n`.repeat(2)}`, text), roots())
  }
  expect(performance.now() - from).toBeLessThan(2_000)
  fc.assert(
    fc.property(fc.string(), fc.string(), (message, stack) => {
      expect(print(errorOf(stack, message))).toMatch(/^[0-9a-f]{16}$/)
    }),
  )
})

test("equal errors are counted with their distinct users; versions apart; what is over the limits is refused", () => {
  const bag = new Exceptions(roots())
  const stack = stackOf("app-v1", 41, 1, "1:1")
  const add = (version: string, user?: string) => bag.add(errorOf(stack), { version, user, at: 5 })
  for (const user of ["ann", "bob", "ann", undefined]) expect(add("8.0.1", user)).toBe(true)
  add("8.0.2", "ann")
  const [old, fresh] = bag.drain()
  expect(old).toMatchObject({
    version: "8.0.1",
    count: 4,
    at: 5,
    users: [expect.stringMatching(/^[0-9a-f]{16}$/), expect.any(String)],
  })
  expect(fresh).toMatchObject({ version: "8.0.2", count: 1, users: [old?.users[0]] })
  expect(bag.drain()).toEqual([])
  for (let i = 0; i < 300; i++) add("1", `user ${i}`)
  for (let i = 0; i < 99; i++) expect(bag.add(errorOf(stack, "x", `E${i}`), { version: "1", at: 5 })).toBe(true)
  expect(bag.add(errorOf(stack, "x", "one too many"), { version: "1", at: 5 })).toBe(false)
  expect(add("1")).toBe(true)
  const all = bag.drain()
  expect(all).toHaveLength(100)
  expect(all[0]).toMatchObject({ count: 301, users: { length: 200 } })
  let taken = 0
  while (add("1")) taken++
  expect(taken).toBe(1_000)
})
