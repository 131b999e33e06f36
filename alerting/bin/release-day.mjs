#!/usr/bin/env node
/** Simulated days of releases: `release-day.mjs FIRST_SEED LAST_SEED`; stdout: one JSON line a day, `{"seed","outcomes"}`. */
const { drawFaults, simulateDay } = await import("../dist/release/simulate/day.js")

const RELEASES = 20
const [first, last] = process.argv.slice(2).map(Number)
if (!(first >= 1 && last >= first)) {
  process.stderr.write("cannot simulate: name the first and the last seed, from 1 up\n")
  process.exit(2)
}
for (let seed = first; seed <= last; seed++) {
  const outcomes = simulateDay({ seed, releases: RELEASES, faults: drawFaults(seed, RELEASES) })
  process.stdout.write(`${JSON.stringify({ seed, outcomes })}\n`)
}
