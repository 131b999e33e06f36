"use client"
import type { LatestAnswer } from "@ossagent/wire"
import Link from "next/link"
import useSWR from "swr"
import { Icon } from "../piece/icon.tsx"
import { ask } from "../question/ask.ts"
import { formatMinute } from "../time/clock.ts"
import { useZone } from "../time/provider.tsx"
import { beganAt, type Missed, toMissed } from "./missed.ts"
import { describePart } from "./words.ts"

const WINDOW_SEC = 60
const EVERY_MS = 10_000
const LOOK_BACK_MS = 24 * 3_600_000
const MISSED = "rpc.client.optional_missed"

/** Says on every page which optional dependencies are missed, by whom and since when: nothing fails, and something is lost. */
export function MissedBanner() {
  const { data } = useSWR<LatestAnswer, Error>(
    ["missed"],
    () =>
      ask("latest", {
        metrics: ["rpc.client.calls", MISSED],
        split: ["service", "subsystem", "label.to"],
        windowSec: WINDOW_SEC,
        stats: ["sum"],
      }),
    { refreshInterval: EVERY_MS, keepPreviousData: true },
  )
  const missed = data ? toMissed(data) : []
  if (missed.length === 0) return null
  return (
    <div
      role="status"
      data-testid="missed"
      className="border-warn/30 border-b bg-warn-soft px-3 py-1.5 text-[13px] text-warn sm:px-5"
    >
      <ul aria-label="Missed dependencies">
        {missed.map((one) => (
          <MissedLine key={`${one.service} ${one.subsystem} ${one.to}`} missed={one} />
        ))}
      </ul>
    </div>
  )
}

function MissedLine({ missed: { service, subsystem, to, part } }: { missed: Missed }) {
  const { zone } = useZone()
  const { data: since } = useSWR(
    ["missed-since", service, subsystem, to],
    async () => {
      const now = Date.now()
      const filters = [
        { dim: "service" as const, op: "in" as const, values: [service] },
        { dim: "subsystem" as const, op: "in" as const, values: [subsystem] },
        { dim: "label.to" as const, op: "in" as const, values: [to] },
      ]
      return beganAt(
        await ask("range", { metric: MISSED, from: now - LOOK_BACK_MS, to: now, stepSec: 60, stats: ["sum"], filters }),
      )
    },
    { refreshInterval: 60_000, keepPreviousData: true },
  )
  return (
    <li className="flex items-start gap-2">
      <Icon name="warning" className="mt-0.5" />
      <span className="min-w-0 break-words">
        <b className="font-semibold">{to}</b> is missed by {subsystem || service}: {describePart(part)} of calls
        answered without it{since ? ` since ${formatMinute(since, zone)}` : ""}.{" "}
        <Link prefetch={false} href="/overload" className="underline underline-offset-2">
          More
        </Link>
      </span>
    </li>
  )
}
