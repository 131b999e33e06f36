import type { Agent } from "../agent.ts"

/** The first of them is told; the others are parts of the same process. */
const watching = new Set<Agent>()

/**
 * Reports what nobody catches in this process; then it goes on, or ends, as it would have without. What is not sent when it ends goes to
 * the spool. Returns how to stop.
 */
export function watchUncaught(agent: Agent): () => void {
  if (watching.size === 0) {
    process.on("uncaughtExceptionMonitor", onUncaught)
    process.on("exit", onExit)
    watchRejections()
  }
  watching.add(agent)
  return () => {
    if (!watching.delete(agent) || watching.size > 0) return
    process.off("uncaughtExceptionMonitor", onUncaught)
    process.off("exit", onExit)
  }
}

const report = (error: unknown): void => {
  const [first] = watching
  first?.exception(error)
}

/** Node calls it before it looks for a listener; also when it ends the process for a rejection, of which we were told before. */
function onUncaught(error: unknown, origin: string): void {
  if (origin !== "unhandledRejection" || !forget(error)) report(error)
}

const onExit = (): void => {
  for (const agent of watching) agent.spill()
}

let rejectionsWatched = false

/**
 * A listener of ours would count as the host's handling of its rejections, so we look on as Node tells of one. Done once for the life of
 * the process: who wrapped `process.emit` after us must not lose that.
 */
function watchRejections(): void {
  if (rejectionsWatched) return
  rejectionsWatched = true
  const emit = process.emit
  const watched = function (this: NodeJS.Process, ...args: unknown[]): boolean {
    if (args[0] === "unhandledRejection" && watching.size > 0) {
      remember(args[1])
      report(args[1])
    }
    return Reflect.apply(emit, this, args) as boolean
  }
  process.emit = watched as typeof process.emit
}

const told = new WeakSet<object>()
/** Reasons that are no errors: Node wraps them into one of its own before it ends the process for them. */
let toldWrapped = 0

function remember(reason: unknown): void {
  if (reason instanceof Error) told.add(reason)
  else toldWrapped++
}

function forget(error: unknown): boolean {
  if ((error as { code?: unknown } | null)?.code === "ERR_UNHANDLED_REJECTION" && toldWrapped > 0) {
    toldWrapped--
    return true
  }
  return typeof error === "object" && error !== null && told.delete(error)
}
