import { chromiumEnv } from "./chromium.mjs"
import { prepare, run, say } from "./prepare.mjs"

prepare()
const env = chromiumEnv()
if (env.OSSAGENT_CHROMIUM === undefined) {
  say(
    "no Chromium: the browser tests are skipped. Install one (Debian: apt-get install chromium) or name it in OSSAGENT_CHROMIUM.",
  )
  if (process.env.CI) process.exit(1)
}
run("npx", ["biome", "check", "."])
run("npx", ["vitest", "run", ...process.argv.slice(2)], "", env)
