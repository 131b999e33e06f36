import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import type { Agent } from "@ossagent/agent"
import type { ServiceSpec } from "./services.ts"

const START_MS = 90_000
const STOP_MS = 15_000

/** A supervised process: started again when it ends, with a growing pause, until it is stopped. */
export interface Supervised {
  spec: ServiceSpec
  /** Resolves when it has said that it started. */
  started: Promise<void>
  stop: () => Promise<void>
  /** Ends it, in order, to be started again at once. */
  restart: () => void
  pid: () => number | undefined
}

/** Starts one service and keeps it running. `agent` counts its starts once there is one. */
export function supervise(spec: ServiceSpec, env: NodeJS.ProcessEnv, agent: () => Agent | null): Supervised {
  let child: ChildProcess
  let stopping = false
  let restarting = false
  let failures = 0
  let timer: NodeJS.Timeout | null = null
  let resolveStarted: () => void
  let rejectStarted: (error: Error) => void
  const started = new Promise<void>((resolve, reject) => {
    resolveStarted = resolve
    rejectStarted = reject
  })
  const begin = (): void => {
    const from = Date.now()
    child = fork(spec.main, {
      env: { ...env, ...spec.env },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      detached: true,
      execArgv: [...process.execArgv, ...(spec.flags ?? [])],
    })
    agent()?.counter("process.starts", { unit: "{start}" }).with({ process: spec.name }).inc()
    child.on("message", (message: { started?: string }) => {
      if (message.started !== undefined) resolveStarted()
    })
    child.once("exit", (code, signal) => {
      if (stopping) return
      if (restarting) {
        restarting = false
        begin()
        return
      }
      failures = Date.now() - from > 60_000 ? 0 : failures + 1
      const pauseMs = Math.min(10_000, 250 * 2 ** failures)
      process.stderr.write(
        `ossagent: ${spec.name} ended (${signal ?? `code ${code}`}), starting it again in ${pauseMs / 1000} s\n`,
      )
      if (failures > 8) rejectStarted(new Error(`${spec.name} does not start; its lines above say why`))
      timer = setTimeout(begin, pauseMs)
    })
  }
  begin()
  const late = setTimeout(
    () => rejectStarted(new Error(`${spec.name} has not started within ${START_MS / 1000} s`)),
    START_MS,
  )
  void started.then(
    () => clearTimeout(late),
    () => clearTimeout(late),
  )
  const stop = async (): Promise<void> => {
    stopping = true
    if (timer !== null) clearTimeout(timer)
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGTERM")
    const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS)
    await ended
    clearTimeout(kill)
  }
  const restart = (): void => {
    if (child.exitCode !== null || child.signalCode !== null) return // on its way already
    restarting = true
    child.kill("SIGTERM")
  }
  return { spec, started, stop, restart, pid: () => child.pid }
}
