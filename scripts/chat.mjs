/** `npm run chat`: the terminal client of the IM that runs here, or of another one. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { prepare, ROOT } from "./prepare.mjs"

// What runs was built; a fresh clone that talks to another installation has to be.
if (!existsSync(join(ROOT, "scripts/dist/chat.js"))) prepare()
process.chdir(ROOT)
await import("./dist/chat.js")
