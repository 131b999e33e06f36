import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { Log, LogRefusal } from "./log.ts"
import { encodeRecord, RECORD, readRecords } from "./record.ts"

const LIMIT = 1e9
const directories: { path: string; mounted: boolean }[] = []

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "ossagent-log-"))
  directories.push({ path, mounted: false })
  return path
}

/** A disk of 256 KiB; null where this user may not mount one. */
function smallDisk(): string | null {
  const path = directory()
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", path])
  if (status !== 0) return null
  ;(directories.at(-1) as { mounted: boolean }).mounted = true
  return path
}
const canMount = smallDisk() !== null

afterEach(() => {
  for (const { path, mounted } of directories.splice(0)) {
    if (mounted) spawnSync("umount", [path])
    rmSync(path, { recursive: true, force: true })
  }
})

async function openLog(path: string): Promise<Log> {
  const log = new Log({ directory: path, limitBytes: LIMIT })
  await log.leftOver()
  await log.rotate(
    Date.now(),
    Date.now(),
    () => Buffer.alloc(0),
    () => undefined,
  )
  return log
}

const append = (log: Log, text: string, merge = () => {}): Promise<void> =>
  log.append(() => [encodeRecord(RECORD.frame, Buffer.from(text))], merge)

const framesIn = (path: string): string[] =>
  readdirSync(path).flatMap((file) => {
    if (!file.endsWith(".log")) return []
    const texts: string[] = []
    readRecords(readFileSync(join(path, file)), ({ type, payload }) => {
      if (type === RECORD.frame) texts.push(payload.toString())
    })
    return texts
  })

describe("the log", () => {
  it("merges in the order of the disk, and a rotation comes after all that was appended before", async () => {
    const path = directory()
    const log = await openLog(path)
    const merged: string[] = []
    const first = Array.from({ length: 50 }, (_, i) => append(log, `a${i}`, () => merged.push(`a${i}`)))
    const rotated = log.rotate(
      Date.now(),
      0,
      () => Buffer.alloc(0),
      () => merged.push("rotated"),
    )
    await Promise.all([...first, rotated])
    await append(log, "b", () => merged.push("b"))
    expect(merged).toEqual([...Array.from({ length: 50 }, (_, i) => `a${i}`), "rotated", "b"])
    expect(framesIn(path)).toEqual(merged.filter((text) => text !== "rotated"))
    await log.close()
  })

  it.skipIf(!canMount)(
    "a full disk refuses what does not fit, keeps what was acknowledged, and goes on when there is room",
    async () => {
      const path = smallDisk() as string
      const ballast = join(path, "ballast")
      writeFileSync(ballast, Buffer.alloc(150_000))
      const log = await openLog(path)
      const kept: string[] = []
      let refusal: unknown
      for (let i = 0; refusal === undefined && i < 100; i++) {
        const text = `${i}-${"x".repeat(10_000)}`
        await append(log, text, () => kept.push(text)).catch((error) => {
          refusal = error
        })
      }
      expect(refusal).toBeInstanceOf(LogRefusal)
      expect(refusal).toMatchObject({ code: "disk_full" })
      expect(kept.length).toBeGreaterThan(3)
      const memory = Buffer.alloc(100_000)
      const nothing = (): void => undefined
      await expect(log.rotate(Date.now(), Date.now(), () => memory, nothing)).rejects.toMatchObject({ code: "ENOSPC" })
      expect(readdirSync(path).filter((name) => name.endsWith(".part"))).toEqual([])
      rmSync(ballast)
      await append(log, "after", () => kept.push("after"))
      await log.close()
      expect(framesIn(path)).toEqual(kept)
    },
  )
})

describe("reading a segment", () => {
  const records = ["one", "two", "three"].map((text) => encodeRecord(RECORD.frame, Buffer.from(text)))
  const read = (bytes: Buffer) => {
    const texts: string[] = []
    const damages = readRecords(bytes, ({ payload }) => texts.push(payload.toString()))
    return { texts, damages }
  }

  it("passes over a damaged record, and tells a torn end from a damaged middle", () => {
    const whole = Buffer.concat(records)
    expect(read(whole)).toEqual({ texts: ["one", "two", "three"], damages: [] })
    const at = (records[0] as Buffer).length
    const damaged = Buffer.from(whole)
    damaged[at + 14] = 0
    expect(read(damaged)).toEqual({ texts: ["one", "three"], damages: [{ from: at, to: 2 * at, torn: false }] })
    expect(read(whole.subarray(0, whole.length - 1))).toMatchObject({
      texts: ["one", "two"],
      damages: [{ torn: true }],
    })
  })
})
