import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { prepare, run, say } from "./prepare.mjs"

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

/** A Chromium for the browser tests: the one there is, else Debian's package where we may install it. */
function findChromium() {
  const named = process.env.OSSAGENT_CHROMIUM
  const found = named ?? CHROMIUM.find((path) => existsSync(path))
  if (found !== undefined) return found
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    say("installing Chromium for the browser tests …")
    spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit" })
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], { stdio: "inherit" })
  }
  return CHROMIUM.find((path) => existsSync(path))
}

prepare()
const chromium = findChromium()
if (chromium === undefined) {
  say(
    "no Chromium: the browser tests are skipped. Install one (Debian: apt-get install chromium) or name it in OSSAGENT_CHROMIUM.",
  )
  if (process.env.CI) process.exit(1)
}
run("npx", ["biome", "check", "."])
run(
  "npx",
  ["vitest", "run", ...process.argv.slice(2)],
  "",
  chromium === undefined ? {} : { OSSAGENT_CHROMIUM: chromium },
)
