/** Days of users as masks of 64 bits, counted from the day of `{from}` in `{zone}`: the question's form sees to it that they fit. */
const DAY_MS = 86_400_000
/** The longest day with its clocks set back, and then some. */
const SLACK_MS = 2 * DAY_MS

/** Number of the day of an event. */
export const DAY_OF = `toUInt8(toDate(at, {zone:String}) - toDate(fromUnixTimestamp64Milli({from:Int64}), {zone:String}))`

/** All days with an event that fulfils the condition. */
export const MASK_OF = (condition: string): string =>
  `groupBitOrIf(bitShiftLeft(toUInt64(1), ${DAY_OF}), (${condition}) AND ${DAY_OF} < 64)`

/** For each of the days after `first` whether the user was there: an array of 0 and 1. */
export const BACK_AT = `arrayMap(k -> toUInt64(bitTest(days, least(first + k, 63))), range(1, {days:UInt8} + 1))`

/** Bound values of the above; `until`: to where events are looked at. */
export const toDaysParams = ({ from, to, days, zone }: { from: number; to: number; days: number; zone: string }) => ({
  ...{ from, to, days, zone },
  until: to + days * DAY_MS + SLACK_MS,
})
