/**
 * `node --import @ossagent/agent/register`: an agent from the `OSSAGENT_*` variables, for a service whose code knows nothing of it.
 * It reports uncaught exceptions, and what is not sent when the process ends goes to the spool. How the process ends stays as it was.
 */
import { type Agent, createAgent } from "./agent.ts"
import { parseEnvironment, readEnvironment } from "./config.ts"

const LAST_FLUSH_MS = 1_000

/** The agent, for code that wants to emit more; null where the variables do not allow one. */
export const agent: Agent | null = tryStart()

function tryStart(): Agent | null {
  try {
    const started = createAgent(parseEnvironment(readEnvironment()))
    watchExit(started)
    return started
  } catch (error) {
    process.stderr.write(`ossagent: cannot start: ${(error as Error).message}; this process runs without it\n`)
    return null
  }
}

function watchExit(started: Agent): void {
  process.once("beforeExit", () => void started.stop(LAST_FLUSH_MS))
  process.on("exit", () => started.spill())
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => endBy(signal, started))
}

/** Where the host listens itself, it decides; else the signal ends the process as it would have, after the last flush. */
function endBy(signal: NodeJS.Signals, started: Agent): void {
  if (process.listenerCount(signal) > 0) return
  void started.stop(LAST_FLUSH_MS).then(() => process.kill(process.pid, signal))
}
