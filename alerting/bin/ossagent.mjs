#!/usr/bin/env node
import { existsSync } from "node:fs"

const main = new URL("../dist/cli/main.js", import.meta.url)
if (existsSync(main)) await import(main.href)
else {
  process.stderr.write("ossagent: not built yet; run `npx tsc -b alerting` in the checkout\n")
  process.exit(1)
}
