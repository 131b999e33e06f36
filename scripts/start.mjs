import { prepare, ROOT } from "./prepare.mjs"

prepare()
process.chdir(ROOT)
await import("./dist/main.js")
