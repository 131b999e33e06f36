import { createHash, randomUUID } from "node:crypto"
import { type FileHandle, mkdir, open, rm, statfs } from "node:fs/promises"
import { join } from "node:path"
import { EngineError } from "./errors.ts"

/** The data of one insert, as a file that only this process reads. */
export type SpoolFile = {
  path: string
  sizeBytes: () => number
  /** Resolves when the bytes are in the file; rejects beyond the limits. */
  write: (bytes: Uint8Array) => Promise<void>
  /** Closes the file for the engine to read. */
  finish: () => Promise<void>
  /** Harmless when repeated. */
  remove: () => Promise<void>
}

export type Spool = {
  open: () => Promise<SpoolFile>
  usedBytes: () => number
  clear: () => Promise<void>
}

export type SpoolConfig = { dataDir: string; maxBodyBytes: number; maxSpoolBytes: number; minFreeBytes: number }

/**
 * Opens the place for insert bodies and empties it. It lies in memory (/dev/shm) when twice the limit fits there, else
 * in the data directory. Call it only while holding the engine: another process may be using the place.
 */
export async function openSpool(config: SpoolConfig): Promise<Spool> {
  const directory = await chooseDirectory(config)
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true, mode: 0o700 })
  let used = 0
  const account = (bytes: number) => {
    used += bytes
  }
  return {
    open: async () => {
      await refuseFullDisk(config)
      const path = join(directory, randomUUID())
      return createFile({ path, handle: await open(path, "wx", 0o600), config, account, used: () => used })
    },
    usedBytes: () => used,
    clear: () => rm(directory, { recursive: true, force: true }),
  }
}

async function chooseDirectory({ dataDir, maxSpoolBytes }: SpoolConfig): Promise<string> {
  const memory = await statfs("/dev/shm").catch(() => undefined)
  if (!memory || memory.bavail * memory.bsize < 2 * maxSpoolBytes) return join(dataDir, "spool")
  return join("/dev/shm", `ossagent-${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}`)
}

async function refuseFullDisk({ dataDir, minFreeBytes }: SpoolConfig): Promise<void> {
  const disk = await statfs(dataDir)
  const free = disk.bavail * disk.bsize
  if (free < minFreeBytes)
    throw new EngineError(
      "NOT_ENOUGH_SPACE",
      `Cannot store the insert: ${free} bytes of disk are free, at least ${minFreeBytes} must be`,
    )
}

type FileParts = {
  path: string
  handle: FileHandle
  config: SpoolConfig
  account: (bytes: number) => void
  used: () => number
}

function createFile({ path, handle, config, account, used }: FileParts): SpoolFile {
  let size = 0
  let closing: Promise<void> | undefined
  const finish = () => {
    closing ??= handle.close()
    return closing
  }
  const write = async (bytes: Uint8Array) => {
    if (size + bytes.length > config.maxBodyBytes)
      throw new EngineError(
        "QUERY_IS_TOO_LARGE",
        `Cannot take the insert: its body exceeds ${config.maxBodyBytes} bytes`,
      )
    if (used() + bytes.length > config.maxSpoolBytes)
      throw new EngineError(
        "NOT_ENOUGH_SPACE",
        `Cannot take the insert: bodies under way exceed ${config.maxSpoolBytes} bytes`,
      )
    size += bytes.length
    account(bytes.length)
    await handle.writeFile(bytes).catch((cause) => {
      throw new EngineError("NOT_ENOUGH_SPACE", `Cannot store the insert: ${cause.message}`, { cause })
    })
  }
  const remove = async () => {
    account(-size)
    size = 0
    await finish()
    await rm(path, { force: true })
  }
  return { path, sizeBytes: () => size, write, finish, remove }
}
