/** Templates: Liquid with a checked set of variables, no files, and limits. In: a template's text; out: text, or where it is wrong. */
import { Liquid, LiquidError, type Template as Parsed } from "liquidjs"

/** Of a template's source. */
export const MOST_TEMPLATE_CHARS = 20_000
const MOST_TEXT_CHARS = 100_000

const engine = new Liquid({
  strictFilters: true,
  strictVariables: true,
  lenientIf: true,
  ownPropertyOnly: true,
  jsTruthy: true, // an empty text and 0 count as nothing
  templates: {}, // no files
  parseLimit: MOST_TEMPLATE_CHARS + 1,
  renderLimit: 1_000,
  memoryLimit: 5_000_000,
  cache: false,
})

/** Tags that read other templates, or make none of a message. */
const NO_TAGS = ["include", "render", "layout", "block", "tablerow", "increment", "decrement", "cycle"]
for (const name of NO_TAGS) delete engine.tags[name]

export interface Flaw {
  message: string
  /** From 1; 0: the whole. */
  line: number
  column: number
}

/** Throws TemplateError. */
export function parseTemplate(source: string): Parsed[] {
  try {
    return engine.parse(source)
  } catch (error) {
    throw toTemplateError(error)
  }
}

/** Throws TemplateError. */
export function renderTemplate(parsed: Parsed[], variables: Record<string, unknown>): string {
  try {
    const text = String(engine.renderSync(parsed, variables))
    return text.length > MOST_TEXT_CHARS ? `${text.slice(0, MOST_TEXT_CHARS)}…` : text
  } catch (error) {
    throw toTemplateError(error)
  }
}

/** Names that a template reads and does not make itself, each with where it stands first. */
export function readNames(parsed: Parsed[]): { name: string; line: number; column: number }[] {
  const { globals } = engine.analyzeSync(parsed, { partials: false })
  return Object.values(globals).flatMap((found) =>
    found.map((one) => ({ name: String(one.segments[0]), line: one.location.row, column: one.location.col })),
  )
}

export class TemplateError extends Error {
  override readonly name = "TemplateError"
  readonly flaw: Flaw
  constructor(flaw: Flaw) {
    super(flaw.line > 0 ? `${flaw.message}, line ${flaw.line}, column ${flaw.column}` : flaw.message)
    this.flaw = flaw
  }
}

function toTemplateError(error: unknown): TemplateError {
  const { message } = error as Error
  if (!LiquidError.is(error)) return new TemplateError({ message, line: 0, column: 0 })
  const [line = 0, column = 0] = error.token.getPosition()
  return new TemplateError({ message: message.replace(/, (file:|line:).*$/s, ""), line, column })
}
