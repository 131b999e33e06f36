"use client"
import type { ReleaseMark } from "@ossagent/wire"
import { useMemo } from "react"
import useSWR from "swr"
import type { Mark } from "../chart/marks.ts"
import { call } from "../question/ask.ts"
import { formatRatio } from "./words.ts"

const EVERY_MS = 15_000
/** Windows that move are asked for in whole steps, so that charts of a page share one answer. */
const ROUND_MS = 60_000
/** More would hide the lines. */
const MOST = 12

/** Steps and ends of releases between two times, of one service or of all. */
export function useReleaseMarks(from: number, to: number, service?: string): readonly Mark[] {
  const [first, last] = [Math.floor(from / ROUND_MS) * ROUND_MS, Math.ceil(to / ROUND_MS) * ROUND_MS]
  const { data } = useSWR<{ marks: ReleaseMark[] }, Error>(
    to > from ? `/api/alerting/releases/marks?from=${first}&to=${last}` : null,
    (path: string) => call(path),
    { refreshInterval: EVERY_MS, keepPreviousData: true },
  )
  const marks = data?.marks
  return useMemo(() => toReleaseMarks(marks ?? [], service), [marks, service])
}

/** The newest few. */
export const toReleaseMarks = (marks: readonly ReleaseMark[], service?: string): Mark[] =>
  marks
    .filter((mark) => service === undefined || mark.service === service)
    .slice(0, MOST)
    .map(({ at, kind, ratio, module, version }) => {
      const what = `${module} ${version}`
      if (kind === "rolled_back") return { at, label: `${what} rolled back`, tone: "bad" }
      if (kind === "aborted") return { at, label: `${what} aborted`, tone: "plain" }
      if (kind === "done") return { at, label: `${what} done`, tone: "ok" }
      return { at, label: `${what} ${formatRatio(ratio)}`, tone: "plain" }
    })
