"use client"
import { IconButton } from "./button.tsx"

interface OrderButtonsProps {
  /** What is moved, as it is read out. */
  name: string
  at: number
  count: number
  onMove: (to: number) => void
  onRemove: () => void
  /** Fewest that must stay. */
  least?: number
}

/** Moves one of several up or down, or takes it out. */
export function OrderButtons({ name, at, count, onMove, onRemove, least = 0 }: OrderButtonsProps) {
  return (
    <span className="flex">
      <IconButton icon="up" label={`Move ${name} up`} disabled={at === 0} onClick={() => onMove(at - 1)} />
      <IconButton icon="down" label={`Move ${name} down`} disabled={at === count - 1} onClick={() => onMove(at + 1)} />
      <IconButton icon="trash" label={`Remove ${name}`} disabled={count <= least} onClick={onRemove} />
    </span>
  )
}

/** The list with one at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, i) => i !== from)
  return [...rest.slice(0, to), list[from] as T, ...rest.slice(to)]
}

export const without = <T,>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at)

export const withOne = <T,>(list: readonly T[], at: number, one: T): T[] => list.map((old, i) => (i === at ? one : old))
