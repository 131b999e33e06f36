import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** One process at a time writes a store. Throws when another one does; what a killed one left is taken over. */
export function claimStore(dir: string): { release: () => void } {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, "chat.pid")
  const holder = Number(tryText(path))
  if (holder > 0 && holder !== process.pid && isChat(holder))
    throw new Error(`cannot start: process ${holder} chats under this name already, in ${dir}`)
  writeFileSync(path, `${process.pid}\n`)
  return { release: () => rmSync(path, { force: true }) }
}

/** The number may be anybody's by now: only a process that looks like this one counts. */
const isChat = (pid: number): boolean =>
  /chat\.mjs|terminal\/main\.js|ossagent-chat/.test(tryText(`/proc/${pid}/cmdline`))

function tryText(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return "" // not there, or not a Linux
  }
}
