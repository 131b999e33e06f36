/** Where a line of a text begins and ends, by the `(line 3, column 5)` of a fault; null when it names none. */
export function lineRange(text: string, fault: string): { from: number; to: number } | null {
  const line = Number(/\bline (\d+)/.exec(fault)?.[1] ?? 0)
  const lines = text.split("\n")
  const chosen = lines[line - 1]
  if (chosen === undefined) return null
  const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return { from, to: from + chosen.length }
}

/** The text with something in place of a selection, and where the caret stands then. */
export function withText(text: string, put: string, { from, to }: { from: number; to: number }) {
  return { text: text.slice(0, from) + put + text.slice(to), at: from + put.length }
}
