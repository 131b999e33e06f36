"use client"
import { useState } from "react"
import { ReferenceArea } from "recharts"

interface ChartPointer {
  activeLabel?: string | number
}

/** A drag across the chart: what to listen to, and the stretch so far. Without `onZoom` there is none. */
export function useDrag(onZoom: ((from: number, to: number) => void) | undefined) {
  const [begin, setBegin] = useState<number | null>(null)
  const [end, setEnd] = useState<number | null>(null)
  if (!onZoom) return { handlers: {}, area: null }
  const at = ({ activeLabel }: ChartPointer): number | null => (activeLabel === undefined ? null : Number(activeLabel))
  const finish = (): void => {
    if (begin !== null && end !== null && begin !== end) onZoom(Math.min(begin, end), Math.max(begin, end))
    setBegin(null)
    setEnd(null)
  }
  const handlers = {
    onMouseDown: (pointer: ChartPointer) => setBegin(at(pointer)),
    onMouseMove: (pointer: ChartPointer) => begin !== null && setEnd(at(pointer) ?? end),
    onMouseUp: finish,
    onMouseLeave: () => begin !== null && finish(),
    style: { cursor: "crosshair" },
  }
  const area = begin !== null && end !== null && (
    <ReferenceArea x1={Math.min(begin, end)} x2={Math.max(begin, end)} fill="var(--accent)" fillOpacity={0.15} />
  )
  return { handlers, area }
}
