import { expect, it } from "vitest"
import { toReachable } from "./reachable.ts"

it("an address of its own is told as it is", () => {
  const own = { tcp: "chat.example:7078", ws: "wss://chat.example/chat" }
  expect(toReachable(own, "dispatch.example")).toEqual(own)
})

it("an access at every address is told by the name that dispatch was asked at", () => {
  for (const host of ["0.0.0.0", "[::]", "::"])
    expect(toReachable({ tcp: `${host}:7078`, ws: `ws://${host}:7077/chat` }, "10.0.0.7")).toEqual({
      tcp: "10.0.0.7:7078",
      ws: "ws://10.0.0.7:7077/chat",
    })
})
