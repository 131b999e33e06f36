import { spawnSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const ROOT = fileURLToPath(new URL("../..", import.meta.url))

/** Lints a file of that content, which is there only meanwhile. */
function lint(path: string, code: string): { status: number | null; text: string } {
  const file = join(ROOT, path)
  writeFileSync(file, code)
  try {
    const { status, stdout, stderr } = spawnSync("node_modules/.bin/biome", ["lint", path], {
      cwd: ROOT,
      encoding: "utf8",
    })
    return { status, text: `${stdout}${stderr}` }
  } finally {
    rmSync(file)
  }
}

it.each([
  ["wire/src/border-check.ts", `import { createAgent } from "@ossagent/agent"\ncreateAgent\n`, "wire imports nothing"],
  ["agent/src/border-check.ts", `import { parse } from "@ossagent/svrkit"\nparse\n`, "agent imports only wire"],
  ["svrkit/src/border-check.ts", `import "../../collector/src/app.ts"\n`, "svrkit imports only wire and agent"],
  ["collector/src/border-check.ts", `import "@ossagent/alerting"\n`, "services meet over the network"],
  ["alerting/src/border-check.ts", `import "../../collector/src/app.ts"\n`, "services meet over the network"],
  ["dashboard/src/border-check.ts", `import "../../collector/src/app.ts"\n`, "services meet over the network"],
])("an import across a border fails the lint: %s", (path, code, message) => {
  const { status, text } = lint(path, code)
  expect(text).toContain(message)
  expect(status).not.toBe(0)
})

it("an allowed import passes", () => {
  const { text } = lint("collector/src/border-check.ts", `import { parse } from "@ossagent/svrkit"\nparse\n`)
  expect(text).not.toContain("noRestrictedImports")
})
