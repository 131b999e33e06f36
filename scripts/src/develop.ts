import { watch } from "node:fs"
import type { Supervised } from "./supervise.ts"

/** Built folders that every service stands on. */
const BELOW = ["wire/dist", "agent/dist", "svrkit/dist"]
/** Started again when their build changes; the engines keep running, and the dashboard sees to itself. */
const RESTARTED = new Set(["collector", "alerting"])
const QUIET_MS = 500

/** Starts services again as the compiler writes their code anew. */
export function restartOnChange(running: readonly Supervised[]): void {
  const due = new Set<Supervised>()
  let timer: NodeJS.Timeout | null = null
  const restart = (services: readonly Supervised[]) => (_event: string, file: string | null) => {
    if (file === null || !file.endsWith(".js") || file.includes(".test.")) return
    for (const one of services) due.add(one)
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => {
      process.stdout.write(`ossagent: changed: ${[...due].map(({ spec }) => spec.name).join(", ")} start again\n`)
      for (const one of due) one.restart()
      due.clear()
    }, QUIET_MS)
  }
  const services = running.filter(({ spec }) => RESTARTED.has(spec.name))
  for (const folder of BELOW) watch(folder, { recursive: true }, restart(services))
  for (const one of services) watch(`${one.spec.name}/dist`, { recursive: true }, restart([one]))
}
