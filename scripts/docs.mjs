import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { prepare, ROOT, run, say } from "./prepare.mjs"

prepare()
run("npx", ["tsc", "-b"])
const { writtenPages } = await import("./dist/docs.js")
for (const [path, text] of Object.entries(await writtenPages())) {
  writeFileSync(join(ROOT, path), text)
  say(`wrote ${path}`)
}
