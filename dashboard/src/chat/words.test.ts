import { ChatError } from "@ossagent/im-client"
import { expect, test } from "vitest"
import { faultOf, stateWords, toWords } from "./words.ts"

test("errors are told in words, the service's own where it says what is wrong with the request", () => {
  expect(toWords(new ChatError("name_taken", "somebody has the name ada"))).toMatch(/already/)
  expect(toWords(new ChatError("bad_request", "a name has 2 to 32 letters"))).toBe("A name has 2 to 32 letters.")
  expect(toWords(new ChatError("not_owner", "x"))).toBe("Only the owner of the group may.")
  expect(toWords(new ChatError("a_newer_code", "the moon is full"))).toBe("The moon is full.")
  expect(toWords(new TypeError("x is undefined"))).toBe("A fault of this page: x is undefined")
})

test("a connection that is away says so, and when it is tried again", () => {
  const waiting = (why: string, ms: number) => stateWords({ is: "waiting", until: 1_000_000 + ms, why }, 1_000_000)
  expect(waiting("offline", 4_200)).toMatch(/^Offline\. .* Trying again in 5 s\.$/)
  expect(waiting("slow_down", 300_000)).toMatch(/Too many requests.* in 5 min\.$/)
  expect(waiting("the moon is full", 0)).toMatch(/“the moon is full”.* in 1 s\.$/)
  expect(stateWords({ is: "online" }, 0)).toBe(null)
  expect(stateWords({ is: "connecting" }, 0)).toBe("Connecting …")
})

test("what cannot be registered is told before it is sent", () => {
  const good = { name: "ada.l-1", password: "12345678", again: "12345678" }
  expect(faultOf(good)).toBe(null)
  expect(faultOf({ ...good, name: "a" })).toMatch(/2 to 32/)
  expect(faultOf({ ...good, name: "ada lovelace" })).toMatch(/2 to 32/)
  expect(faultOf({ ...good, password: "1234567" })).toMatch(/too short: 7/)
  expect(faultOf({ ...good, password: "x".repeat(129) })).toMatch(/too long/)
  expect(faultOf({ ...good, again: "12345679" })).toMatch(/differ/)
})
