"use client"
import { useState } from "react"
import { usePageKeys } from "./use-keys.ts"

/**
 * The line of a list that the keyboard has chosen: `j` and `k` move, Enter opens it, other keys act on it.
 *
 * @param prefix of the lines' element ids
 */
export function useChosen<T extends { id: string }>(
  items: readonly T[],
  prefix: string,
  open: (item: T) => void,
  keys: Record<string, (item: T) => unknown>,
): string | null {
  const [chosenId, setChosenId] = useState<string | null>(null)
  const at = items.findIndex(({ id }) => id === chosenId)
  const chosen = items[at]
  const move = (by: number): void => {
    const next = items[Math.max(0, Math.min(items.length - 1, at < 0 ? 0 : at + by))]
    setChosenId(next?.id ?? null)
    if (next) document.getElementById(`${prefix}-${next.id}`)?.scrollIntoView({ block: "nearest" })
  }
  const acts = Object.entries({ ...keys, Enter: open }).map(([key, act]) => [key, () => chosen && act(chosen)] as const)
  usePageKeys({ j: () => move(1), k: () => move(-1), ...Object.fromEntries(acts) })
  return chosenId
}
