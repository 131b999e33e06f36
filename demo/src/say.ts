import { toClock } from "./day/day.ts"

/** What the demo tells its console. */
export interface Say {
  line: (text: string) => void
  /** Something happens at that hour; `look`: where to see it. */
  event: (hour: number, text: string, look?: readonly string[]) => void
  /** The line that is written over; nothing where the output is no terminal. */
  status: (text: string) => void
}

const INDENT = " ".repeat(9)
const CLEAR = "\r\u001b[K"

/** @param output a terminal, or a file or pipe, which gets no status */
export function createSay(output: NodeJS.WriteStream): Say {
  const put = (text: string): void => {
    output.write(`${output.isTTY ? CLEAR : ""}${text}\n`)
  }
  return {
    line: put,
    event: (hour, text, look = []) => {
      put(`  ${toClock(hour)}  ${text}`)
      for (const one of look) put(`${INDENT}→ ${one}`)
    },
    status: (text) => {
      if (output.isTTY) output.write(`${CLEAR}  ${text.slice(0, Math.max(20, (output.columns ?? 80) - 3))}`)
    },
  }
}
