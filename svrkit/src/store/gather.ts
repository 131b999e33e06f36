/** How long to wait for the rest once enough have answered for a decision, but have not made it clear. */
const PATIENCE_MS = 100

export interface Gathering<T> {
  /** The answers so far make it clear; the rest are not waited for. */
  clear: (answers: readonly (T | undefined)[]) => boolean
  /** With so many answers the rest are waited for a little while only. */
  enough: number
  /** Default 100. */
  patienceMs?: number
}

/** Answers in the order of `asks`; undefined where one failed or was not waited for. */
export function gather<T>(asks: readonly Promise<T>[], how: Gathering<T>): Promise<(T | undefined)[]> {
  const { clear, enough, patienceMs = PATIENCE_MS } = how
  const answers: (T | undefined)[] = asks.map(() => undefined)
  return new Promise((resolve) => {
    let [open, came] = [asks.length, 0]
    let timer: NodeJS.Timeout | undefined
    const finish = (): void => {
      clearTimeout(timer)
      resolve([...answers])
    }
    const settled = (): void => {
      open--
      if (open === 0 || (came > 0 && clear(answers))) finish()
      else if (came >= enough) timer ??= setTimeout(finish, patienceMs)
    }
    for (const [index, ask] of asks.entries()) {
      ask.then(
        (answer) => {
          answers[index] = answer
          came++
          settled()
        },
        () => settled(),
      )
    }
  })
}

export const answered = <T>(answers: readonly (T | undefined)[]): T[] =>
  answers.filter((one): one is T => one !== undefined)
