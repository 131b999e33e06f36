"use client"
import type { ExceptionsAnswer, ExceptionsQuestion } from "@ossagent/wire"
import useSWR from "swr"
import { ask } from "../question/ask.ts"
import { formatRange, type TimeRange, toWindow } from "../time/range.ts"

const EVERY_MS = 10_000
/** Errors are rare beside points: a day is what people look at first. */
export const LONG_RANGE: TimeRange = { kind: "last", sec: 86_400 }

/** Errors that were seen in a range, the new ones first; asked again now and then while it ends in the present. */
export function useExceptions(asked: Omit<ExceptionsQuestion, "from" | "to">, range: TimeRange) {
  const { data, error, mutate } = useSWR<ExceptionsAnswer, Error>(
    ["exceptions", JSON.stringify(asked), formatRange(range)],
    () => {
      const { from, to } = toWindow(range, Date.now())
      return ask("exceptions", { ...asked, from: Math.floor(from), to: Math.ceil(to) })
    },
    { refreshInterval: range.kind === "last" ? EVERY_MS : 0, keepPreviousData: true },
  )
  return { answer: data ?? null, error: error ?? null, refresh: () => void mutate() }
}
