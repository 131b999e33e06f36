import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { writtenPages } from "./docs.ts"

test("the documents that are written from tables are current: else run `npm run docs`", async () => {
  for (const [path, text] of Object.entries(await writtenPages())) {
    const file = fileURLToPath(new URL(`../../${path}`, import.meta.url))
    expect([path, readFileSync(file, "utf8")]).toEqual([path, text])
  }
})
