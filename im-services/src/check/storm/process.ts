import { type ChildProcess, spawn } from "node:child_process"
import { createWriteStream, type WriteStream } from "node:fs"
import { createInterface } from "node:readline"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"

export interface ProcessPlan {
  name: string
  /** Its folder, beside this one's. */
  service: string
  env: Record<string, string>
}

const START_MS = 90_000
const AGAIN_MS = 200
/** Of pino. */
const ERROR = 50
const MOST_SHOWN = 1_000

/** One service in a process of its own, which is started again whenever it ends, until it is stopped. */
export class ServiceProcess {
  readonly plan: ProcessPlan
  /** Times that it was started. */
  starts = 0
  private readonly log: WriteStream
  private child: ChildProcess | null = null
  private up: Promise<void> = Promise.resolve()
  private awayMs = AGAIN_MS
  private resume: NodeJS.Timeout | undefined
  private stopping = false
  private readonly onTrouble: (message: string) => void
  private killed = false

  /** @param onTrouble told when it ended though nobody killed it, and of errors that it logs: a human would have to act */
  constructor(plan: ProcessPlan, logPath: string, onTrouble: (message: string) => void) {
    this.plan = plan
    this.log = createWriteStream(logPath, { flags: "a" })
    this.onTrouble = onTrouble
  }

  /** Resolves when it answers calls. */
  start(): Promise<void> {
    const entry = fileURLToPath(new URL(`../../../dist/${this.plan.service}/main.js`, import.meta.url))
    const env = { PATH: "/usr/bin:/bin", ...this.plan.env }
    // In a group of its own, out of reach of Ctrl-C.
    const child = spawn(process.execPath, [entry], { env, stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true })
    this.child = child
    this.starts++
    for (const out of [child.stdout, child.stderr]) {
      out?.pipe(this.log, { end: false })
      if (out) createInterface({ input: out }).on("line", (line) => this.look(line))
    }
    this.up = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.plan.name} did not start in time`)), START_MS)
      child.once("message", () => resolve())
      child.once("exit", () => resolve())
      child.once("exit", (code, signal) => void this.ended(child, `${signal ?? code}`))
      void child.once("exit", () => clearTimeout(timer)).once("message", () => clearTimeout(timer))
    })
    return this.up
  }

  private async ended(child: ChildProcess, how: string): Promise<void> {
    if (this.child !== child || this.stopping) return
    if (!this.killed) this.onTrouble(`${this.plan.name} ended by itself: ${how}`)
    this.killed = false
    clearTimeout(this.resume)
    await sleep(this.awayMs)
    this.awayMs = AGAIN_MS
    if (!this.stopping) await this.start()
  }

  private look(line: string): void {
    const level = Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? 0)
    if (level >= ERROR) this.onTrouble(`${this.plan.name} logged an error: ${line.slice(0, MOST_SHOWN)}`)
  }

  kill(awayMs: number): void {
    this.awayMs = awayMs
    this.killed = true
    this.child?.kill("SIGKILL")
  }

  /** As if the machine stood still. */
  pause(forMs: number): void {
    const { child } = this
    child?.kill("SIGSTOP")
    clearTimeout(this.resume)
    this.resume = setTimeout(() => child?.kill("SIGCONT"), forMs)
  }

  /** Goes on if it was paused; resolves when it runs. */
  async calm(): Promise<void> {
    clearTimeout(this.resume)
    this.child?.kill("SIGCONT")
    while (this.child?.exitCode !== null || this.child.signalCode !== null) await sleep(50)
    await this.up
  }

  async stop(): Promise<void> {
    this.stopping = true
    clearTimeout(this.resume)
    const { child } = this
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const over = new Promise((resolve) => child.once("exit", resolve))
      child.kill("SIGKILL") // a stopped process, too
      await over
    }
    await new Promise<void>((resolve) => this.log.end(() => resolve()))
  }
}
