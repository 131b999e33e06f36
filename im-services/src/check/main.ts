import { parseArgs } from "node:util"
import { check } from "./run.ts"

const MOST_SHOWN = 30

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "1" }, seed: { type: "string" } },
  strict: true,
})
const minutes = Number(values.minutes)
if (!(minutes >= 0.2 && minutes <= 24 * 60)) {
  process.stderr.write("check-history: --minutes must be 0.2 to 1440\n")
  process.exit(2)
}
const seed = values.seed ?? String(Date.now() % 1_000_000_000)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

say(`check-history: seed ${seed}, ${minutes} min; again: npm run check-history -- --minutes ${minutes} --seed ${seed}`)
const { faults, counts, kept } = await check({ seed, minutes, say })
say(
  Object.entries(counts)
    .map(([name, value]) => `${value} ${name}`)
    .join(", "),
)
for (const { kind, uid, what } of faults.slice(0, MOST_SHOWN)) say(`FAULT ${kind}, user ${uid}: ${what}`)
if (faults.length > MOST_SHOWN) say(`and ${faults.length - MOST_SHOWN} more`)
say(faults.length === 0 ? "every promise held" : `${faults.length} faults; logs and history: ${kept}`)
process.exit(faults.length === 0 ? 0 : 1)
