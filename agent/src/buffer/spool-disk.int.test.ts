import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createAgent } from "../agent.ts"
import { startStub } from "../collector.test-stub.ts"

/** A disk of 256 KiB; only root may mount one. */
const disk = mkdtempSync(join(tmpdir(), "ossagent-spool-disk-"))
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]).status === 0
let stub: Awaited<ReturnType<typeof startStub>>
beforeAll(async () => {
  stub = await startStub()
})
afterAll(async () => {
  await stub.close()
  if (mounted) spawnSync("umount", [disk])
  rmSync(disk, { recursive: true, force: true })
})

test.skipIf(!mounted)(
  "a full disk under the spool is said, what it holds is kept, what does not fit is counted, and it goes on when there is room",
  async () => {
    const troubles: string[] = []
    const given = { service: "shop", key: "k", spool: disk, builtIn: false, flushMs: 60_000 } as const
    const agent = createAgent({
      ...given,
      collector: stub.url,
      memoryBytes: 3_000,
      onTrouble: (message) => troubles.push(message),
    })
    const counter = agent.counter("c")
    const emit = async (frames: number): Promise<void> => {
      for (let i = 0; i < frames; i++) {
        counter.inc()
        agent.event("bulk", "u".repeat(100))
        await agent.flush()
      }
    }
    const busy = { status: 503, body: { error: { code: "busy", message: "away" } } }
    stub.replies.push(...Array.from({ length: 200 }, () => busy))
    await emit(30)
    const kept = readdirSync(disk).length
    expect(kept).toBeGreaterThan(5)
    writeFileSync(join(disk, "ballast"), Buffer.alloc(1)) // its inode
    for (let size = 256 * 1024; size >= 1; size = Math.floor(size / 2)) {
      try {
        writeFileSync(join(disk, "ballast"), Buffer.alloc(size), { flag: "a" })
      } catch {
        // full for this much: a smaller piece may fit
      }
    }
    await emit(20)
    expect(troubles.join("\n")).toContain("cannot write the spool")
    expect(troubles.join("\n")).toContain("ENOSPC")
    expect(readdirSync(disk).filter((name) => name.endsWith(".frame"))).toHaveLength(kept)
    expect(readdirSync(disk).filter((name) => name.endsWith(".part"))).toEqual([])
    rmSync(join(disk, "ballast"))
    await emit(10)
    expect(troubles.join("\n")).toContain("can be written again")
    stub.replies.length = 0
    await agent.flush()
    await agent.flush()
    expect(readdirSync(disk)).toEqual([])
    const stored = stub.frames.filter(({ status }) => status === 200).map(({ header }) => header.sequence)
    const missing = Math.max(...stored) - new Set(stored).size
    expect(missing).toBeGreaterThan(5)
    expect(stub.sums().c).toBe(60 - missing)
    expect(stub.sums()["agent.dropped"]).toBeGreaterThanOrEqual(missing)
    await agent.stop()
  },
)
