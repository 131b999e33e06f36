/** `npm run dev`: as `npm start`, with the compiler watching: a service starts again when its code or that of a package below it changes. */
import { spawn } from "node:child_process"
import { prepare, ROOT } from "./prepare.mjs"

prepare()
process.chdir(ROOT)
process.env.OSSAGENT_DEV = "1"
const compiler = spawn("npx", ["tsc", "-b", "-w", "--preserveWatchOutput"], { stdio: ["ignore", "inherit", "inherit"] })
process.on("exit", () => compiler.kill())
await import("./dist/main.js")
