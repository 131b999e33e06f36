import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { say } from "./prepare.mjs"

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

/** Environment that names a Chromium: the one there is, else Debian's package where we may install it; empty when there is none. */
export function chromiumEnv() {
  const named = process.env.OSSAGENT_CHROMIUM
  const found = named ?? findChromium() ?? installChromium()
  return found === undefined ? {} : { OSSAGENT_CHROMIUM: found }
}

const findChromium = () => PLACES.find((path) => existsSync(path))

function installChromium() {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined
  say("installing Chromium for the browser …")
  spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit" })
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], { stdio: "inherit" })
  return findChromium()
}
