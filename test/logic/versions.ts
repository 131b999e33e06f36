import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"

/** What a version of the greeter's logic does besides greeting. */
export interface Behaviour {
  /** Each call takes so long, ms, give or take half. */
  ms?: number
  /** Share of calls that throw. */
  throws?: number
  /** Kept for ever, numbers a call. */
  leaks?: number
  /** One call in so many blocks its thread for ever. */
  blocks?: number
}

export const MODULE = "greet"

/** Writes a version as its author would: a folder with an `index.js`. */
export async function writeGreeter(
  dir: string,
  version: string,
  { ms = 0, throws = 0, leaks = 0, blocks = 0 }: Behaviour = {},
): Promise<void> {
  const folder = join(dir, MODULE, version)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, "package.json"), '{"type":"module"}')
  await writeFile(
    join(folder, "index.js"),
    `const kept = []
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
export default (context) => {
  const greet = async ({ uid, name }) => {
    if (name === "") throw context.error("no_name", "cannot greet: nobody was named")
    if (${throws} > 0 && Math.random() < ${throws}) throw new TypeError("a bug of version ${version}")
    if (${leaks} > 0) kept.push(new Array(${leaks}).fill(uid))
    if (${blocks} > 0 && Math.random() < 1 / ${blocks}) for (;;);
    if (${ms} > 0) await pause(${ms} * (0.5 + Math.random()))
    context.count("greet.said")
    return { text: "Hello " + name, by: "${version}" }
  }
  return { handlers: { greet, greetOnce: greet } }
}
`,
  )
}
