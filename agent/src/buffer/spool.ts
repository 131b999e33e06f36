import { randomBytes } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** A frame on disk: its file name says when it was written, whose it is and how many points it holds. */
interface Spooled {
  file: string
  bytes: number
  count: number
}

const NAME = /^(\d+)-[0-9a-z]+-(\d+)-(\d+)\.frame$/
/** A side file this old was left by a crash: nobody is writing it any longer. */
const SIDE_FILE_MS = 3_600_000

/**
 * Self-contained frames on disk, one a file, for as long as the collector is away. Written to a side file and renamed, so that a
 * crash leaves whole frames only; what an earlier process left is sent by the next one with the same directory. Bounded: the oldest go
 * first. Synchronous on purpose: it writes at most one small file a flush, and must still work while the process exits.
 */
export class Spool {
  /** Why the last write failed, until one succeeds again. */
  failure: string | null = null
  private readonly directory: string
  private readonly limitBytes: number
  private frames: Spooled[] = []
  private sizeBytes = 0
  private written = 0
  /** Random, for threads and forks may share a directory. */
  private readonly owner = randomBytes(8).toString("hex")

  constructor(directory: string, limitBytes: number) {
    this.directory = directory
    this.limitBytes = limitBytes
    this.find()
  }

  get length(): number {
    return this.frames.length
  }

  get bytes(): number {
    return this.sizeBytes
  }

  /** Keeps one encoded frame of `count` points. Answers how many points were dropped for it: older ones, or its own when the disk is full. */
  add(frame: Uint8Array, count: number): number {
    const file = `${String(Date.now()).padStart(14, "0")}-${this.owner}-${++this.written}-${count}.frame`
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 })
      const path = join(this.directory, file)
      writeFileSync(`${path}.part`, frame, { mode: 0o600 })
      renameSync(`${path}.part`, path)
    } catch (error) {
      this.failure = `cannot write the spool ${this.directory}: ${(error as Error).message}`
      this.removeQuietly(`${file}.part`)
      return count
    }
    this.failure = null
    this.frames.push({ file, bytes: frame.length, count })
    this.sizeBytes += frame.length
    return this.dropOldest()
  }

  /** The oldest frame, or null when there is none. A file that cannot be read is passed over and stays on disk. */
  first(): { bytes: Uint8Array; done: () => void; count: number } | null {
    for (let frame = this.frames[0]; frame !== undefined; frame = this.frames[0]) {
      const current = frame
      try {
        return {
          bytes: readFileSync(join(this.directory, current.file)),
          count: current.count,
          done: () => this.remove(current),
        }
      } catch {
        this.forget(current)
      }
    }
    return null
  }

  private find(): void {
    let names: string[]
    try {
      names = readdirSync(this.directory)
    } catch {
      return // nothing was ever spooled
    }
    for (const file of names.sort()) {
      const match = NAME.exec(file)
      if (match !== null) {
        const bytes = statSync(join(this.directory, file), { throwIfNoEntry: false })?.size ?? 0
        this.frames.push({ file, bytes, count: Number(match[3]) })
        this.sizeBytes += bytes
      } else if (file.endsWith(".frame.part")) this.tidy(file)
    }
  }

  private tidy(file: string): void {
    const { mtimeMs } = statSync(join(this.directory, file), { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
    if (Date.now() - mtimeMs > SIDE_FILE_MS) this.removeQuietly(file)
  }

  private dropOldest(): number {
    let dropped = 0
    while (this.sizeBytes > this.limitBytes && this.frames.length > 1) {
      const oldest = this.frames[0] as Spooled
      dropped += oldest.count
      this.remove(oldest)
    }
    return dropped
  }

  private remove(frame: Spooled): void {
    this.forget(frame)
    this.removeQuietly(frame.file)
  }

  private forget(frame: Spooled): void {
    const at = this.frames.indexOf(frame)
    if (at < 0) return
    this.frames.splice(at, 1)
    this.sizeBytes -= frame.bytes
  }

  private removeQuietly(file: string): void {
    try {
      unlinkSync(join(this.directory, file))
    } catch {
      // gone already, or never written
    }
  }
}
