/** `npm run check-history`: the IM back end in a storm, judged by its users' histories. Builds first where sources are newer. */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { prepare, ROOT } from "./prepare.mjs"

prepare()
const check = spawn(process.execPath, [join(ROOT, "im-services/dist/check/main.js"), ...process.argv.slice(2)], {
  stdio: "inherit",
})
// Ctrl-C reaches the check by itself; a signal to this process alone is handed on.
process.on("SIGINT", () => undefined)
process.on("SIGTERM", () => check.kill("SIGTERM"))
check.on("exit", (code) => process.exit(code ?? 1))
