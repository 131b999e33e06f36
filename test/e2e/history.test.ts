import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { expect, it } from "vitest"
import { ROOT } from "../stack.ts"

/** The IM in a storm, a short one: `npm run check-history` is the long one. */
const SECONDS = 20

it("every promise of the IM holds while its services and PostgreSQL are killed, stopped and cut off", () => {
  const seed = String(Date.now() % 1_000_000_000)
  const check = join(ROOT, "im-services/dist/check/main.js")
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [check, "--seconds", String(SECONDS), "--seed", seed],
    {
      encoding: "utf8",
      timeout: 280_000,
    },
  )
  const said = `${stdout}\n${stderr}`
  expect(status, said).toBe(0)
  expect(said).toContain("every promise held")
  const [, acknowledged = "0", blows = "0"] = /^(\d+) acked,.* (\d+) blows$/m.exec(stdout) ?? []
  expect(Number(acknowledged), said).toBeGreaterThan(50)
  expect(Number(blows), said).toBeGreaterThan(4)
}, 300_000)
