import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, it } from "vitest"

const PARENT = fileURLToPath(new URL("../dist/parent.js", import.meta.url))
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ossagent-parent-"))
})
afterAll(() => rm(directory, { recursive: true }))

/** A child that listens for its parent's end after so many ms, and would live on for a minute. */
async function startChild(afterMs: number): Promise<ReturnType<typeof fork>> {
  const main = join(directory, `child-${afterMs}.mjs`)
  await writeFile(
    main,
    `import { onParentGone } from ${JSON.stringify(PARENT)}
setTimeout(() => process.exit(9), 60_000)
process.channel?.ref()
setTimeout(() => onParentGone(() => process.exit(3)), ${afterMs})`,
  )
  return fork(main, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] })
}

it("a parent that ends is noticed", async () => {
  const child = await startChild(0)
  setTimeout(() => child.disconnect(), 500)
  expect(await once(child, "exit")).toEqual([3, null])
})

it("one that had ended before anybody listened is noticed too", async () => {
  const child = await startChild(500)
  child.disconnect()
  expect(await once(child, "exit")).toEqual([3, null])
})
