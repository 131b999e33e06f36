/**
 * What has to be there before anything can run: the packages of the lock file and a build of the present sources. Plain JavaScript
 * without dependencies, for it runs on a fresh clone.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const ROOT = fileURLToPath(new URL("..", import.meta.url))
const LOCK_STAMP = join(ROOT, "node_modules/.ossagent-lock")
const BUILD_STAMP = join(ROOT, "node_modules/.ossagent-build")
const SOURCES = [
  "wire",
  "agent",
  "svrkit",
  "collector",
  "alerting",
  "im-services",
  "dashboard",
  "demo",
  "scripts",
  "test",
  "bench",
]
const LEFT_OUT = new Set(["node_modules", "dist", ".next", "results", "next-env.d.ts"])

/** Installs and builds what is missing or older than its sources. Ends the process with a sentence when it cannot. */
export function prepare() {
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major < 20 || (major === 20 && minor < 20)) fail(`Node 20.20 or later is needed, this is ${process.version}`)
  const lock = createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex")
  if (read(LOCK_STAMP) !== lock) {
    say("installing packages …")
    // Not `npm ci`: it refuses a lock file that lacks the packages of other platforms.
    run(
      "npm",
      ["install", "--no-save", "--no-fund", "--no-audit"],
      "cannot install the packages: npm's lines above say why",
    )
    writeFileSync(LOCK_STAMP, lock)
  }
  const sources = fingerprint()
  if (read(BUILD_STAMP) !== sources || !existsSync(join(ROOT, "dashboard/.next/BUILD_ID"))) {
    say("building …")
    run("npm", ["run", "--silent", "build"], "cannot build: the lines above say why")
    writeFileSync(BUILD_STAMP, fingerprint())
  }
}

/** Runs a command in the project; ends the process with its status, and a sentence where one is given, when it fails. */
export function run(command, args, sentence = "", env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
  })
  if (error) fail(`cannot run ${command}: ${error.message}`)
  if (status !== 0) fail(sentence, status ?? 1)
}

export function say(message) {
  process.stdout.write(`ossagent: ${message}\n`)
}

function fail(message, status = 1) {
  if (message !== "") process.stderr.write(`ossagent: ${message}\n`)
  process.exit(status)
}

const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : null)

/** Changes with every source file's path, size and time. */
function fingerprint() {
  const hash = createHash("sha256")
  const walk = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (LEFT_OUT.has(entry.name) || entry.name.endsWith(".tsbuildinfo")) continue
      const path = join(directory, entry.name)
      if (entry.isDirectory()) walk(path)
      else {
        const { size, mtimeMs } = statSync(path)
        hash.update(`${path} ${size} ${mtimeMs}\n`)
      }
    }
  }
  for (const folder of SOURCES) walk(join(ROOT, folder))
  mkdirSync(join(ROOT, "node_modules"), { recursive: true })
  return hash.digest("hex")
}
