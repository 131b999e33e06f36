/** Callers of the greeter, a process of its own: `callers.js TARGET TOKEN CALLS_PER_SEC`; tells what they saw when it is asked. */
import { startTraffic } from "@ossagent/test/logic"

const [target = "", token = "", callsPerSec] = process.argv.slice(2)
const { seen } = startTraffic({ target, token, callsPerSec: Number(callsPerSec) })
process.on("message", () => {
  process.send?.(seen)
  seen.slowestMs = 0
})
process.on("disconnect", () => process.exit(0))
