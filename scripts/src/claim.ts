import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Notes that this process runs on a data directory. Throws when another one does; what a killed one left is taken over. */
export function claimData(dataDir: string): { release: () => void } {
  const path = join(dataDir, "launcher.pid")
  const holder = Number(readText(path))
  if (holder > 0 && holder !== process.pid && isLauncher(holder)) {
    throw new Error(
      `cannot start: process ${holder} runs on ${dataDir} already. Stop it, or set OSSAGENT_DATA to another directory and OSSAGENT_PORT to another port.`,
    )
  }
  writeFileSync(path, `${process.pid}\n`)
  return { release: () => rmSync(path, { force: true }) }
}

/** The number may be anybody's by now: only a process that looks like this one counts. */
function isLauncher(pid: number): boolean {
  const command = readText(`/proc/${pid}/cmdline`)
  return /scripts\/(start|dev)\.mjs|scripts\/dist\/main\.js/.test(command)
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}
