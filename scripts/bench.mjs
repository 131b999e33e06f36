import { spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { chromiumEnv } from "./chromium.mjs"
import { prepare, ROOT } from "./prepare.mjs"

const SUPPORT = ["people", "result", "stack"]
const WITH_BROWSER = ["freshness"]
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
const env = WITH_BROWSER.includes(name) ? chromiumEnv() : {}
const script = join(ROOT, `bench/dist/${name}.js`)
const { status } = spawnSync(process.execPath, ["--expose-gc", script, ...more], {
  stdio: "inherit",
  env: { ...process.env, ...env },
})
process.exit(status ?? 1)
