/** Something that happened, drawn over a chart's lines. */
export interface Mark {
  at: number
  label: string
  tone: "bad" | "ok" | "plain"
}

const ROOM = 0.16
const RANK = { bad: 0, ok: 1, plain: 2 }

/** Those within the chart, oldest first; where two labels would overlap the lesser one, then the later one, is drawn without. */
export function toDrawn(marks: readonly Mark[], from: number, to: number): Mark[] {
  const room = (to - from) * ROOM
  const inside = marks.filter(({ at }) => at >= from && at <= to)
  const labelled: Mark[] = []
  for (const mark of inside.toSorted((a, b) => RANK[a.tone] - RANK[b.tone] || a.at - b.at))
    if (labelled.every(({ at }) => Math.abs(at - mark.at) >= room)) labelled.push(mark)
  return inside.map((mark) => (labelled.includes(mark) ? mark : { ...mark, label: "" })).toSorted((a, b) => a.at - b.at)
}
