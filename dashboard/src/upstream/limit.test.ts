import { setTimeout as sleep } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { expect, it } from "vitest"
import { limit } from "./limit.ts"

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void

it("it is over in time, whatever is collected as garbage meanwhile, and at once when the asker goes", async () => {
  const asker = new AbortController()
  const signal = limit(asker.signal, 60)
  for (let i = 0; i < 3; i++) {
    await sleep(5)
    collectGarbage()
  }
  await expect.poll(() => signal.aborted).toBe(true)
  expect((signal.reason as Error).name).toBe("TimeoutError")
  const other = limit(asker.signal, 60_000)
  asker.abort()
  expect(other.aborted).toBe(true)
})
