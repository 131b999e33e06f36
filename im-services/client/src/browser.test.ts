import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const here = fileURLToPath(new URL(".", import.meta.url))

it("what browsers load imports nothing of Node", () => {
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const [, from] of readFileSync(path, "utf8").matchAll(/(?:from|import) "([^"]+)"/g)) {
      expect([path, from]).not.toEqual([path, expect.stringMatching(/^(node:|@ossagent\/(?!svrkit\/codec))/)])
      if (from?.startsWith(".")) visit(join(dirname(path), from))
    }
  }
  visit(join(here, "index.ts"))
  expect(seen.size).toBeGreaterThan(20)
})
