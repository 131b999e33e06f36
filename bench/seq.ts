/** What the sequence service gives: numbers a second, how long nobody does when an allocator dies, what is kept. */
import { report } from "./result.ts"
import { DEATHS, deathFigures } from "./seq/death.ts"
import { sizeFigures } from "./seq/size.ts"
import { ROUNDS, speedFigures } from "./seq/speed.ts"
import { startSeqStack } from "./seq/stack.ts"

const stack = await startSeqStack()
try {
  const size = await sizeFigures(stack)
  const speed = await speedFigures(stack)
  const death = await deathFigures(stack)
  report({
    name: "seq",
    about: `Allocators, a datastore with three engines and PostgreSQL (fsync on) in processes of their own on one machine, the caller too: they share its cores. A million users in turn, one number each; medians of ${ROUNDS} rounds of two seconds. Death: two allocators with eight shares each, a user of each share asks all the time; ${DEATHS} rounds of SIGKILL, ${DEATHS} of SIGTERM. The lease is five seconds. Size: each of the thousand sections of 100 million users was used once.`,
    runs: 1,
    versions: {},
    figures: [...speed, ...death, ...size],
  })
} finally {
  await stack.stop()
}
process.exit(0)
