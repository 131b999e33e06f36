import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises"
import { join } from "node:path"
import { MemoryStore } from "./memory.ts"
import type { Account, Message, Saved, Store, Update } from "./store.ts"

/** The log is written anew when it has grown so far beyond what it was after the last time. */
const COMPACT_BYTES = 4 * 1024 * 1024

/** A line of the log: one transaction. */
type Line = { account: Account | null } | { update: Update } | { clear: true }

/**
 * In a file, one line for each transaction, flushed to the disk before it counts; all of it in memory too. A line that was not finished
 * when the process was killed is left out: it never counted.
 */
export class FileStore implements Store {
  private readonly memory = new MemoryStore()
  private readonly path: string
  private readonly dir: string
  private file: FileHandle | null = null
  private sizeBytes = 0
  private compactAt = COMPACT_BYTES
  /** One write after the other. */
  private writing: Promise<void> = Promise.resolve()

  constructor(dir: string) {
    this.dir = dir
    this.path = join(dir, "chat.log")
  }

  async open(): Promise<Saved> {
    if (this.file !== null) return this.memory.saved()
    await mkdir(this.dir, { recursive: true, mode: 0o700 })
    const whole = await this.replay()
    this.file = await open(this.path, "a", 0o600)
    await this.file.truncate(whole)
    this.sizeBytes = whole
    return this.memory.saved()
  }

  setAccount(account: Account | null): Promise<void> {
    return this.write({ account }, () => this.memory.takeAccount(account))
  }

  apply(update: Update): Promise<void> {
    return this.write({ update }, () => this.memory.take(update))
  }

  messages(chat: number, before: number, limit: number): Promise<Message[]> {
    return this.memory.messages(chat, before, limit)
  }

  unread(chat: number, after: number): Promise<number> {
    return this.memory.unread(chat, after)
  }

  oldest(chat: number): Promise<number> {
    return this.memory.oldest(chat)
  }

  clear(): Promise<void> {
    return this.write({ clear: true }, () => void this.memory.clear())
  }

  async close(): Promise<void> {
    await this.writing.catch(() => undefined)
    await this.file?.close()
    this.file = null
  }

  /** Bytes of the whole lines. */
  private async replay(): Promise<number> {
    const text = await readFile(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return Buffer.alloc(0)
      throw error
    })
    const end = text.lastIndexOf(10) + 1
    for (const line of text.subarray(0, end).toString().split("\n"))
      if (line !== "") this.take(JSON.parse(line, revive))
    return end
  }

  private take(line: Line): void {
    if ("account" in line) this.memory.takeAccount(line.account)
    else if ("update" in line) this.memory.take(line.update)
    else void this.memory.clear()
  }

  private write(line: Line, then: () => void): Promise<void> {
    const run = async (): Promise<void> => {
      if (this.file === null) throw new Error("cannot write to a store that is closed")
      const text = `${JSON.stringify(line, replace)}\n`
      await this.file.appendFile(text)
      await this.file.datasync()
      this.sizeBytes += Buffer.byteLength(text)
      then()
      if (this.sizeBytes > this.compactAt) await this.compact()
    }
    this.writing = this.writing.catch(() => undefined).then(run)
    return this.writing
  }

  /** What there is now takes the place of how it came to be. */
  private async compact(): Promise<void> {
    const { account, ...saved } = this.memory.saved()
    const update: Update = { ...saved, messages: this.memory.all() }
    const text = [{ account }, { update }].map((line) => `${JSON.stringify(line, replace)}\n`).join("")
    const fresh = await open(`${this.path}.new`, "w", 0o600)
    await fresh.writeFile(text)
    await fresh.datasync()
    await fresh.close()
    await rename(`${this.path}.new`, this.path)
    await this.file?.close()
    this.file = await open(this.path, "a", 0o600)
    this.sizeBytes = Buffer.byteLength(text)
    this.compactAt = this.sizeBytes * 2 + COMPACT_BYTES
  }
}

const replace = (_name: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString("base64") } : value

const revive = (_name: string, value: unknown): unknown => {
  const bytes = (value as { $bytes?: string } | null)?.$bytes
  return typeof bytes === "string" ? new Uint8Array(Buffer.from(bytes, "base64")) : value
}
