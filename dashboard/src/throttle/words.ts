import type { SuspectVersion, Throttle, ThrottleEvidence } from "@ossagent/wire"
import { formatValue } from "../number/unit.ts"

const WINDOWS: Record<number, string> = { 10: "10 s", 60: "a minute", 3600: "an hour" }
const NOUNS: Record<string, string> = {
  asks: "requests",
  idle: "syncs that brought nothing",
  same: "identical messages",
  connects: "connections",
}
const WHY: Record<string, string> = {
  asks: "asks too much",
  bytes: "takes too many bytes",
  idle: "syncs without progress",
  same: "sends the same again and again",
  connects: "reconnects without end",
}

/** What a device is throttled for, in words. */
export const describeWhy = (why: string): string => WHY[why] ?? why

const amount = (feature: string, value: number): string => {
  if (feature === "bytes") return formatValue(value, "By", "sum")
  const shown = value < 10 ? value : Math.ceil(value)
  return `${shown.toLocaleString("en", { maximumFractionDigits: 1 })} ${NOUNS[feature] ?? feature}`
}

/** One figure against a device, as a sentence. */
export function describeEvidence({
  feature,
  windowSec,
  value,
  limit,
  basis,
  ownMean,
  others,
}: ThrottleEvidence): string {
  const within = `${amount(feature, value)} within ${WINDOWS[windowSec] ?? `${windowSec} s`}`
  if (basis === "limit") return `${within}; no client of ours makes more than ${amount(feature, limit)}`
  const own = ownMean > 0 ? `, itself ${amount(feature, ownMean)} a minute on average` : ""
  return `${within}; 999 of 1,000 active minutes of this version stay below ${amount(feature, others)}${own}`
}

const SUSPECT: Record<SuspectVersion["why"], (suspect: SuspectVersion) => string> = {
  share: ({ value, others }) =>
    `${formatValue(value, "1", "avg")} of its users were throttled, of others ${formatValue(others, "1", "avg")}`,
  asks: ({ value, others }) =>
    `${formatValue(value, "", "avg")} requests a minute and user, others ${formatValue(others, "", "avg")}`,
  bytes: ({ value, others }) =>
    `${formatValue(value, "By", "avg")} a minute and user, others ${formatValue(others, "By", "avg")}`,
}

/** Why a version stands out. */
export const describeSuspect = (suspect: SuspectVersion): string => SUSPECT[suspect.why](suspect)

export const describeDevice = ({ uid, device }: Pick<Throttle, "uid" | "device">): string =>
  device === 0 ? `user ${uid}, all devices` : `user ${uid}, device ${device}`
