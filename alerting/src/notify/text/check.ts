import type { Template } from "@ossagent/wire"
import { type Flaw, MOST_TEMPLATE_CHARS, parseTemplate, readNames, renderTemplate, TemplateError } from "./engine.ts"
import { toSample } from "./sample.ts"
import { toVariables, VARIABLES } from "./variables.ts"

export interface TemplateFlaw extends Flaw {
  field: "subject" | "body"
}

/** What is wrong with a template before it is saved: faults of its syntax, names that its kind of message does not have. Empty: nothing. */
export function checkTemplate({ subject, body, message, language, channel }: Omit<Template, "name">): TemplateFlaw[] {
  const sample = toVariables(toSample(message, channel, language))
  const fields = [["subject", subject] as const, ["body", body] as const]
  return fields.flatMap(([field, source]) =>
    source === undefined ? [] : checkSource(source, VARIABLES[message], sample).map((flaw) => ({ field, ...flaw })),
  )
}

function checkSource(source: string, known: readonly string[], sample: Record<string, unknown>): Flaw[] {
  if (source.length > MOST_TEMPLATE_CHARS)
    return [{ message: `longer than ${MOST_TEMPLATE_CHARS} characters`, line: 0, column: 0 }]
  try {
    const parsed = parseTemplate(source)
    const strange = readNames(parsed).filter(({ name }) => !known.includes(name))
    if (strange.length > 0)
      return strange.map(({ name, line, column }) => ({
        message: `there is no ${name} in this message${nearest(name, known)}`,
        line,
        column,
      }))
    renderTemplate(parsed, sample)
    return []
  } catch (error) {
    if (error instanceof TemplateError) return [error.flaw]
    throw error
  }
}

/** "; did you mean title?" where one is close. */
function nearest(name: string, known: readonly string[]): string {
  const close = known.find((one) => one.toLowerCase() === name.toLowerCase() || distance(one, name) <= 2)
  return close === undefined ? "" : `; did you mean ${close}?`
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
