import type { Crowd } from "./crowd.ts"
import { FEATURE_COUNT, FEATURES, type Feature, HOUR, MINUTE, WINDOW_COUNT, WINDOWS } from "./feature.ts"
import { ABSOLUTE, FLOORS, TIMES_OTHERS } from "./limits.ts"
import type { Meter } from "./meter.ts"

/** One figure that speaks against a device. */
export interface Evidence {
  feature: Feature
  /** Time constant of the count, s. */
  windowSec: number
  value: number
  /** What it is over. */
  limit: number
  basis: "limit" | "past and others"
  /** In its own active minutes; 0 where it has no past. */
  ownMean: number
  /** What 999 of 1,000 active minutes of the same version stay below; 0: not known. */
  others: number
}

export type Verdict =
  | { throttle: false; why: "usual" | "others do it too" | "does it always" }
  | { throttle: true; why: Feature; evidence: Evidence[] }

const OTHERS_SHARE = 0.999
/** So many of its own deviations above its own mean. */
const OWN_DEVIATIONS = 4
const OWN_HOURS = 2

/** What is judged of a meter. */
export type Figures = Pick<Meter, "countOf" | "meanOf" | "varianceOf">

/** Whether this is a person's client: an absolute limit says no, or its own past and the others of its version both do. */
export function judge(figures: Figures, crowd: Crowd | null): Verdict {
  const evidence = [...absolute(figures, crowd)]
  const relative = evidence.length > 0 ? null : compare(figures, crowd)
  if (relative !== null && "why" in relative) return { throttle: false, why: relative.why }
  if (relative !== null) evidence.push(relative.evidence)
  return { throttle: true, why: (evidence[0] as Evidence).feature, evidence }
}

function* absolute(figures: Figures, crowd: Crowd | null): Generator<Evidence> {
  for (let feature = 0; feature < FEATURE_COUNT; feature++) {
    for (let window = 0; window < WINDOW_COUNT; window++) {
      const limit = ABSOLUTE[feature]?.[window] as number
      if (figures.countOf(feature, window) > limit)
        yield { ...toEvidence(figures, crowd, { feature, window }), limit, basis: "limit" }
    }
  }
}

function compare(
  figures: Figures,
  crowd: Crowd | null,
): { evidence: Evidence } | { why: "usual" | "others do it too" | "does it always" } {
  let why: "usual" | "others do it too" | "does it always" = "usual"
  for (let feature = 0; feature < FEATURE_COUNT; feature++) {
    for (const window of [MINUTE, HOUR]) {
      const value = figures.countOf(feature, window)
      if (value <= (FLOORS[feature]?.[window - MINUTE] as number)) continue
      const found = toEvidence(figures, crowd, { feature, window })
      const times = TIMES_OTHERS[feature] as number
      if (found.others === 0 || value <= found.others * times) why = "others do it too"
      else if (value <= ownLimit(figures, { feature, window })) why = "does it always"
      else return { evidence: { ...found, limit: found.others * times, basis: "past and others" } }
    }
  }
  return { why }
}

/** An hour is held against twice as many of its mean minutes. */
function ownLimit(figures: Figures, at: { feature: number; window: number }): number {
  const own = figures.meanOf(at.feature)
  if (at.window === HOUR) return own * OWN_HOURS * ((WINDOWS[HOUR] as number) / (WINDOWS[MINUTE] as number))
  return own + OWN_DEVIATIONS * Math.sqrt(figures.varianceOf(at.feature))
}

function toEvidence(
  figures: Figures,
  crowd: Crowd | null,
  { feature, window }: { feature: number; window: number },
): Omit<Evidence, "limit" | "basis"> {
  const spread = window === HOUR ? crowd?.hour[feature] : crowd?.minute[feature]
  return {
    feature: FEATURES[feature] as Feature,
    windowSec: WINDOWS[window] as number,
    value: figures.countOf(feature, window),
    ownMean: figures.meanOf(feature),
    others: spread?.quantile(OTHERS_SHARE) ?? 0,
  }
}
