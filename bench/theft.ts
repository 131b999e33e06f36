/** A simulated day of a thousand people and twenty thieves of five kinds: who is caught, how soon, and whom it hits wrongly. */
import { DAY } from "@ossagent/im-services/theft/event"
import { simulate } from "@ossagent/im-services/theft/simulate"
import { atLeast, atMost, type Figure, report, stated } from "./result.ts"

const SEEDS = (process.argv[2] ?? "1,2,3,4,5").split(",")
const PEOPLE = 1_000
const THIEVES = 20
/** A drip of 8 kB once in so many ms, beside the twenty. */
const DRIPS = [2_000, 5_000, 10_000, 30_000]

const days = SEEDS.map((seed) => simulate({ seed, people: PEOPLE, thieves: THIEVES, drips: DRIPS, untilMs: DAY }))
const thieves = days.flatMap((day) => day.thieves)
const twenty = thieves.filter(({ way }) => !way.startsWith("drip "))
const sec = (ms: number): number => ms / 1_000

const byWay = [...new Set(twenty.map(({ way }) => way))].flatMap((way): Figure[] => {
  const own = twenty.filter((one) => one.way === way)
  return [
    atMost(`${way}: the last one was caught after`, sec(Math.max(...own.map(({ afterMs }) => afterMs))), "s", 60),
    atMost(`${way}: the most that one has taken`, Math.max(...own.map(({ bytes }) => bytes)) / 1e6, "MB", 2),
  ]
})
const slower = DRIPS.flatMap((gapMs): Figure[] => {
  const own = thieves.filter(({ way }) => way === `drip ${gapMs}`)
  const caught = own.filter(({ afterMs }) => Number.isFinite(afterMs))
  const about = `a request of 8 kB in ${sec(gapMs)} s`
  const share = stated(`${about}: caught within two hours, of ${own.length}`, caught.length, "thieves")
  return caught.length === 0
    ? [share]
    : [share, stated(`${about}: after, at most`, sec(Math.max(...caught.map(({ afterMs }) => afterMs))), "s")]
})

report({
  name: "theft",
  about: `Made-up people after the model of docs/throttle.md, ${PEOPLE} for a day, and ${THIEVES} thieves that begin at some time of it, through the meters and the judge of access, time simulated; seeds ${SEEDS.join(", ")}, the worst of all days. Thieves are not held up before they are accused; they begin when access has run for two hours.`,
  runs: SEEDS.length,
  versions: {},
  figures: [
    atLeast(
      `caught within 60 s, of ${twenty.length}`,
      twenty.filter(({ afterMs }) => afterMs <= 60_000).length,
      "thieves",
      twenty.length,
    ),
    atMost(
      `people touched in the worst day, of ${PEOPLE}`,
      Math.max(...days.map(({ touched }) => touched.length)),
      "people",
      1,
    ),
    ...byWay,
    ...slower,
    stated("requests of a day", Math.max(...days.map(({ events }) => events)), "requests"),
  ],
})
