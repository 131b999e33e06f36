import { expect, test } from "vitest"
import { hostOf, toReachable } from "./reach.ts"

test("an IM on one machine is reached where the dashboard was reached", () => {
  for (const [address, host, reached] of [
    ["ws://127.0.0.1:7077/chat", "127.0.0.1", "ws://127.0.0.1:7077/chat"],
    ["ws://127.0.0.1:7077/chat", "localhost", "ws://127.0.0.1:7077/chat"],
    ["ws://127.0.0.1:7077/chat", "10.0.0.5", "ws://10.0.0.5:7077/chat"],
    ["http://localhost:7076", "watch.example.test", "http://watch.example.test:7076/"],
    ["ws://0.0.0.0:7077/chat", "localhost", "ws://localhost:7077/chat"],
    ["ws://[::]:7077/chat", "10.0.0.5", "ws://10.0.0.5:7077/chat"],
    ["ws://127.0.0.1:7077/chat", "[fd00::5]", "ws://[fd00::5]:7077/chat"],
  ] as const)
    expect(toReachable(address, host)).toBe(reached)
})

test("an IM that has a name of its own keeps it", () => {
  expect(toReachable("wss://im.example.test/chat", "10.0.0.5")).toBe("wss://im.example.test/chat")
})

test("a host that is not plain changes nothing", () => {
  for (const header of ["a;script-src *", "a b", "a,b", "'self'", ""]) {
    expect(hostOf(header)).toBe("")
    expect(toReachable("ws://127.0.0.1:7077/chat", header)).toBe("ws://127.0.0.1:7077/chat")
  }
  expect([hostOf("10.0.0.5:7070"), hostOf("[fd00::5]:7070"), hostOf("watch.test")]).toEqual([
    "10.0.0.5",
    "[fd00::5]",
    "watch.test",
  ])
})
