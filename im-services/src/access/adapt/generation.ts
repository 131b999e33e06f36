/**
 * What a client can show. 1: from before groups; 2: from before recalls and notices, knows groups; 3: all of chat.xml.
 */
export type Generation = 1 | 2 | 3

/** First client version that knows a thing; undefined: every one does. */
export interface Since {
  groups: string | undefined
  recalls: string | undefined
}

const NUMBERS = /^\d+(\.\d+)*/

/** By the numbers that a client's version begins with; one without any is of today. */
export function toGeneration(version: string, { groups, recalls }: Since): Generation {
  if (groups !== undefined && isBefore(version, groups)) return 1
  return recalls !== undefined && isBefore(version, recalls) ? 2 : 3
}

function isBefore(version: string, since: string): boolean {
  const [own, other] = [toNumbers(version), toNumbers(since)]
  if (own.length === 0) return false
  for (let i = 0; i < Math.max(own.length, other.length); i++) {
    const difference = (own[i] ?? 0) - (other[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

const toNumbers = (version: string): number[] => NUMBERS.exec(version)?.[0].split(".").map(Number) ?? []
