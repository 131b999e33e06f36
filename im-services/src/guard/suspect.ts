/** A version whose clients steal: a fault in it, and not in people. */
export interface VersionState {
  version: string
  /** Connected now. */
  users: number
  /** Of these, throttled within the last ten minutes. */
  throttled: number
  asksPerMin: number
  bytesPerMin: number
}

export interface Suspect {
  version: string
  why: "share" | "asks" | "bytes"
  /** Share of its users who were throttled, or its use a user as a multiple of the others'. */
  value: number
  others: number
}

const LEAST_THROTTLED = 5
const LEAST_SHARE = 0.05
const TIMES = 5
/** So many users on both sides, for rates that mean something. */
const LEAST_USERS = 20
const TIMES_RATE = 3
/** Rates of all versions together below which nobody steals anything worth while, a user. */
const LEAST_RATE = { asks: 10, bytes: 20_000 }

/** Versions that stand out against all others together at the same time. */
export function findSuspects(states: readonly VersionState[]): Suspect[] {
  return states.flatMap((state) => {
    const others = sum(states.filter(({ version }) => version !== state.version))
    return tryShare(state, others) ?? tryRate(state, others, "asks") ?? tryRate(state, others, "bytes") ?? []
  })
}

type Sum = Omit<VersionState, "version">

const sum = (states: readonly VersionState[]): Sum => {
  const all = { users: 0, throttled: 0, asksPerMin: 0, bytesPerMin: 0 }
  for (const state of states) for (const key of Object.keys(all) as (keyof Sum)[]) all[key] += state[key]
  return all
}

function tryShare(state: VersionState, others: Sum): Suspect[] | null {
  // Who is throttled is not connected. A few others say little: they count as if there were twenty more of them.
  const share = state.throttled / Math.max(state.users + state.throttled, 1)
  const theirs = others.throttled / (others.users + others.throttled + LEAST_USERS)
  if (state.throttled < LEAST_THROTTLED || share < LEAST_SHARE || share < theirs * TIMES) return null
  return [{ version: state.version, why: "share", value: share, others: theirs }]
}

function tryRate(state: VersionState, others: Sum, what: "asks" | "bytes"): Suspect[] | null {
  if (state.users < LEAST_USERS || others.users < LEAST_USERS) return null
  const own = state[`${what}PerMin`] / state.users
  const theirs = Math.max(others[`${what}PerMin`] / others.users, LEAST_RATE[what] / TIMES_RATE)
  return own > theirs * TIMES_RATE ? [{ version: state.version, why: what, value: own, others: theirs }] : null
}
