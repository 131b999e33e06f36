#!/usr/bin/env node
/**
 * The detector as a process. stdin: one JSON line a point, `{"series","step_s","t","v"}`, or `{"series","end":true}`; stdout: one line a
 * point, `{"series","t","score","alarm"}`. A bad line ends it with exit code 2 and says which line and why.
 */
import { createInterface } from "node:readline"

const { createHistory, observe } = await import("../dist/detect/history.js").catch((error) => {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error
  fail("cannot run the detector: it is not built, `npm run build` does that")
})

const MOST_SERIES = 100_000
const WARM_UP_POINTS = 100
const CHUNK = 1 << 16
const open = new Map()
let waiting = ""
let due = false
let number = 0

const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
for await (const line of lines) {
  number++
  if (line !== "") take(parse(line))
  if (waiting.length > CHUNK) await flush()
  else if (waiting !== "" && !due) {
    due = true
    setImmediate(flush)
  }
}
await flush()

function take({ series, step_s: stepSec, t, v, end }) {
  if (end === true) return void open.delete(series)
  const { score, news } = observe(toState(series), t, v, toOptions(stepSec))
  const alarm = news === "opened" || news === "worse" || news === "still off"
  waiting += `{"series":${JSON.stringify(series)},"t":${t},"score":${Number(score.toPrecision(12))},"alarm":${alarm}}\n`
}

function toState(series) {
  const known = open.get(series)
  if (known) return known
  if (open.size >= MOST_SERIES) fail(`cannot take series ${JSON.stringify(series)}: ${MOST_SERIES} are open`)
  const state = createHistory()
  open.set(series, state)
  return state
}

function toOptions(stepSec) {
  return { stepSec, counts: false, direction: "both", minAbsolute: 0, minRelative: 0, warmUp: WARM_UP_POINTS }
}

function parse(line) {
  let point
  try {
    point = JSON.parse(line)
  } catch (error) {
    fail(`cannot read line ${number}: ${error.message}`)
  }
  const wrong = findFault(point)
  if (wrong) fail(`cannot read line ${number}: ${wrong}`)
  return point
}

function findFault(point) {
  if (typeof point !== "object" || point === null) return "it is no object"
  if (typeof point.series !== "string") return "`series` is no string"
  if (point.end === true) return null
  if (!Number.isFinite(point.step_s) || point.step_s <= 0) return "`step_s` is no number above 0"
  if (!Number.isFinite(point.t)) return "`t` is no number"
  if (!Number.isFinite(point.v)) return "`v` is no number"
  return null
}

async function flush() {
  due = false
  const text = waiting
  waiting = ""
  if (text !== "" && !process.stdout.write(text)) await new Promise((go) => process.stdout.once("drain", go))
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}
