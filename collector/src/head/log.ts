import { constants } from "node:fs"
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { encodeRecord, RECORD, type RecordType } from "./record.ts"

/** What a segment starts with. */
export interface SegmentHead {
  /** Unix ms of its creation, and unique: the batch's number. */
  number: number
  /** Unix ms up to which minutes were rolled up before it. */
  rolledUntil: number
}

interface Waiting {
  /** The records to write, asked for at the moment of writing, when it is known into which segment. */
  records: (segment: number) => readonly Buffer[]
  /** Called once the records are on disk, in the order of appending, before anything later is written. */
  durable: () => void
  failed: (error: Error) => void
}

export interface LogOptions {
  directory: string
  /** Bytes of all segments at most: what is over it is refused. */
  limitBytes: number
}

const NAME = /^(\d{15})\.log$/
const fileOf = (directory: string, number: number): string => join(directory, `${String(number).padStart(15, "0")}.log`)

/** The log cannot take more, or its disk cannot; nothing of what was refused is in it. */
export class LogRefusal extends Error {
  override readonly name = "LogRefusal"
  readonly code: "log_full" | "disk_full" | "disk_error"
  constructor(code: LogRefusal["code"], message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/**
 * The write-ahead log: segments of records, appended to and synced in groups (one `fdatasync` for all that waits), each removed when
 * its batch is stored. A single loop writes, so that order on disk, order of merging and rotation agree.
 */
export class Log {
  private readonly options: LogOptions
  private file: FileHandle | null = null
  private head: SegmentHead = { number: 0, rolledUntil: 0 }
  private sizes = new Map<number, number>()
  private waiting: Waiting[] = []
  private rotation: (() => Promise<void>) | null = null
  private running: Promise<void> | null = null
  private lastSyncMs = 0

  constructor(options: LogOptions) {
    this.options = options
  }

  get bytes(): number {
    let sum = 0
    for (const size of this.sizes.values()) sum += size
    return sum
  }

  get segment(): SegmentHead {
    return this.head
  }

  /** Duration of the newest sync. */
  get syncMs(): number {
    return this.lastSyncMs
  }

  /** The segments that an earlier process left, oldest first; their sizes count from now on. What it had not finished opening goes. */
  async leftOver(): Promise<{ number: number; path: string }[]> {
    const { directory } = this.options
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const names = await readdir(directory)
    for (const name of names) if (name.endsWith(".log.part")) await unlink(join(directory, name))
    const numbers = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number)
    numbers.sort((a, b) => a - b)
    for (const number of numbers) this.sizes.set(number, (await stat(fileOf(directory, number))).size)
    return numbers.map((number) => ({ number, path: fileOf(directory, number) }))
  }

  /** Appends; resolves after the sync and after `merge` has run. Rejects with LogRefusal. */
  append(records: Waiting["records"], merge: () => void): Promise<void> {
    if (this.bytes >= this.options.limitBytes) {
      return Promise.reject(
        new LogRefusal("log_full", `the log holds ${this.bytes} bytes, its limit: the store is slow or away`),
      )
    }
    return new Promise((resolve, reject) => {
      const durable = () => {
        merge()
        resolve()
      }
      this.waiting.push({ records, durable, failed: reject })
      this.wake()
    })
  }

  /**
   * Starts a new segment after all that was appended before; `seen` gives the memory of frames at that point, `opened` is called
   * before anything is written to it.
   */
  rotate(now: number, rolledUntil: number, seen: () => Buffer, opened: (head: SegmentHead) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.rotation = () => this.openSegment(now, rolledUntil, seen).then(opened).then(resolve, reject)
      this.wake()
    })
  }

  /** A batch is stored: its segment goes. */
  async remove(number: number): Promise<void> {
    await unlink(fileOf(this.options.directory, number))
    this.sizes.delete(number)
  }

  /** Keeps the damaged part of a segment for those who want to look at it. */
  async setAside(number: number, from: number, bytes: Uint8Array): Promise<string> {
    const directory = join(this.options.directory, "damaged")
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const path = join(directory, `${number}-${from}.bytes`)
    await writeFile(path, bytes, { mode: 0o600 })
    return path
  }

  /** Writes what waits and closes; the open segment stays for the next start. */
  async close(): Promise<void> {
    while (this.running !== null) await this.running
    await this.file?.close()
    this.file = null
  }

  private wake(): void {
    this.running ??= this.run().finally(() => {
      this.running = null
      if (this.waiting.length > 0 || this.rotation !== null) this.wake()
    })
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0 || this.rotation !== null) {
      if (this.waiting.length > 0) await this.writeGroup()
      const rotate = this.rotation
      this.rotation = null
      if (rotate !== null) await rotate()
    }
  }

  private async writeGroup(): Promise<void> {
    const group = this.waiting
    this.waiting = []
    const buffers = group.flatMap((one) => one.records(this.head.number))
    const from = performance.now()
    try {
      await this.write(buffers)
    } catch (error) {
      const refusal = await this.undo(error as NodeJS.ErrnoException)
      for (const one of group) one.failed(refusal)
      return
    }
    this.lastSyncMs = performance.now() - from
    for (const one of group) one.durable()
  }

  private async write(buffers: readonly Buffer[]): Promise<void> {
    if (this.file === null) throw new Error("no segment is open")
    let size = this.sizes.get(this.head.number) ?? 0
    for (let at = 0; at < buffers.length; at += 512) {
      const part = buffers.slice(at, at + 512)
      const bytes = part.reduce((sum, buffer) => sum + buffer.length, 0)
      const { bytesWritten } = await this.file.writev(part, size)
      if (bytesWritten !== bytes) throw Object.assign(new Error("the disk took only a part"), { code: "ENOSPC" })
      size += bytes
    }
    await this.file.datasync()
    this.sizes.set(this.head.number, size)
  }

  /** Cuts off what a failed write left, so that the segment ends with a whole, acknowledged record. */
  private async undo(error: NodeJS.ErrnoException): Promise<LogRefusal> {
    await this.file?.truncate(this.sizes.get(this.head.number) ?? 0).catch(() => undefined)
    const full = error.code === "ENOSPC" || error.code === "EDQUOT"
    const what = full ? "the log's disk is full" : `cannot write the log: ${error.message}`
    return new LogRefusal(full ? "disk_full" : "disk_error", what, error)
  }

  private async openSegment(now: number, rolledUntil: number, seen: () => Buffer): Promise<SegmentHead> {
    const number = Math.max(now, this.head.number + 1, ...this.sizes.keys())
    const head = { number: this.sizes.has(number) ? number + 1 : number, rolledUntil }
    const path = fileOf(this.options.directory, head.number)
    const records = [record(RECORD.segment, Buffer.from(JSON.stringify(head))), record(RECORD.seen, seen())]
    // Written aside and renamed: a segment has its head, or is not there.
    const file = await open(`${path}.part`, constants.O_CREAT | constants.O_TRUNC | constants.O_RDWR, 0o600)
    try {
      await file.writev(records)
      await file.datasync()
      await rename(`${path}.part`, path)
    } catch (error) {
      await file.close()
      await unlink(`${path}.part`).catch(() => undefined) // a start removes it otherwise
      throw error
    }
    await this.file?.close()
    this.file = file
    this.head = head
    this.sizes.set(
      head.number,
      records.reduce((sum, one) => sum + one.length, 0),
    )
    return head
  }
}

const record = (type: RecordType, payload: Uint8Array): Buffer => encodeRecord(type, payload)
