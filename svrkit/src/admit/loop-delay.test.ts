import { expect, it } from "vitest"
import { LoopDelay } from "./loop-delay.ts"

const block = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end; );
}
const turn = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

it("a loop that is late each time is late, one that stood still once is not", async () => {
  const delay = new LoopDelay()
  delay.touch(performance.now())
  for (let i = 0; i < 8; i++) {
    block(70)
    await turn()
  }
  expect(delay.medianSince(0)).toBeGreaterThan(20)
  const { ticks } = delay
  block(300)
  while (delay.ticks < ticks + 25) await turn(5)
  expect(delay.medianSince(ticks)).toBeLessThan(20)
  delay.stop()
})

it("what other processes hold up is not its own: it worked on nothing meanwhile", async () => {
  const delay = new LoopDelay(() => 0)
  delay.touch(performance.now())
  for (let i = 0; i < 4; i++) {
    block(70)
    await turn()
  }
  expect(delay.ticks).toBeGreaterThan(2)
  expect(delay.medianSince(0)).toBe(0)
  delay.stop()
})

it("without calls it does not tick", async () => {
  const delay = new LoopDelay()
  await turn(50)
  expect([delay.ticks, delay.medianSince(0)]).toEqual([0, 0])
})
