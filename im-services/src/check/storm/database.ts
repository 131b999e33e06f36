import { randomBytes } from "node:crypto"
import { type RunningPostgres, startPostgres } from "@ossagent/svrkit/postgres"

/** A durable PostgreSQL that can be made to fall and comes back at the same address. */
export class Database {
  private readonly dataDir: string
  private readonly password = randomBytes(12).toString("hex")
  private running: RunningPostgres | null = null
  private readonly port: number
  private turn: Promise<void> = Promise.resolve()

  constructor(dataDir: string, port: number) {
    this.dataDir = dataDir
    this.port = port
  }

  async start(): Promise<string> {
    const { dataDir, port, password } = this
    this.running = await startPostgres({ dataDir, port, user: "check", password, database: "check", durable: true })
    return this.running.url
  }

  /** `crash`: ends at once, so that it recovers from its log; `restart`: ends its sessions and writes everything first. */
  fall(how: "crash" | "restart"): Promise<void> {
    this.turn = this.turn.then(async () => {
      if (this.running === null) return
      if (how === "crash") {
        process.kill(this.running.pid, "SIGQUIT")
        await this.running.ended
      } else await this.running.stop()
      await this.start()
    })
    return this.turn
  }

  /** Resolves when it is back. */
  calm(): Promise<void> {
    return this.turn
  }

  async stop(): Promise<void> {
    await this.turn.catch(() => undefined)
    await this.running?.stop()
    this.running = null
  }
}
