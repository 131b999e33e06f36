/** Steps of a funnel as an address holds them: names may have commas of their own. */
export const formatSteps = (steps: readonly string[]): string => steps.map(encodeURIComponent).join(",")

/** What cannot be read is left out. */
export const toSteps = (text: string): string[] => text.split(",").flatMap(tryName)

function tryName(text: string): string[] {
  try {
    return text === "" ? [] : [decodeURIComponent(text)]
  } catch {
    return []
  }
}
