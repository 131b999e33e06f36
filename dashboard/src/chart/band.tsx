"use client"
import { ReferenceArea } from "recharts"

/** What was expected from when to when; null: no limit on that side. */
export interface Expected {
  lower: number | null
  upper: number | null
  from: number
  to: number
}

interface BandProps extends Expected {
  /** Where the axis ends: a band without a limit goes that far. */
  low: number
  high: number
}

export function Band({ lower, upper, from, to, low, high }: BandProps) {
  if (lower === null && upper === null) return null
  return (
    <ReferenceArea
      x1={from}
      x2={to}
      y1={Math.max(lower ?? low, low)}
      y2={Math.min(upper ?? high, high)}
      ifOverflow="hidden"
      fill="var(--ok)"
      fillOpacity={0.1}
      stroke="var(--ok)"
      strokeOpacity={0.4}
      strokeDasharray="3 3"
    />
  )
}
