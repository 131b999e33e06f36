#!/usr/bin/env node
import { readOptions, USAGE } from "./config.ts"
import { runTerminal } from "./run.ts"
import { toReason } from "./words.ts"

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options === "help") {
    process.stdout.write(USAGE)
    return 0
  }
  return runTerminal({ ...options, streams: { input: process.stdin, output: process.stdout } })
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`chat: ${toReason(error)}\n`)
    process.exit(1)
  },
)
