import { spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { prepare, ROOT } from "./prepare.mjs"

const SUPPORT = ["result", "stack"]
const names = readdirSync(join(ROOT, "bench"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3))
  .filter((name) => !SUPPORT.includes(name))
const [name, ...more] = process.argv.slice(2)
if (!names.includes(name)) {
  process.stderr.write(`npm run bench -- NAME, one of: ${names.join(", ")}\n`)
  process.exit(2)
}
prepare()
process.exit(
  spawnSync(process.execPath, ["--expose-gc", join(ROOT, `bench/dist/${name}.js`), ...more], { stdio: "inherit" })
    .status ?? 1,
)
