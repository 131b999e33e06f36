/** Runs at most `most` at once; the others wait, in the order in which they came. */
export function createTurns(most: number): <T>(run: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (run) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await run()
    } finally {
      // the place goes to the next one, so that nobody gets in between
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
