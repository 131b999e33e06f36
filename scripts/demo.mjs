/** `npm run demo`: a simulated day in the installation that runs here. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { prepare, ROOT } from "./prepare.mjs"

// What runs was built.
if (!existsSync(join(ROOT, "scripts/dist/demo.js"))) prepare()
process.chdir(ROOT)
await import("./dist/demo.js")
