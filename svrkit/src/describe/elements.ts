import { SaxesParser } from "saxes"
import { DescriptionError, type Place } from "./model.ts"

export const NAMESPACE = "urn:ossagent:svrkit:1"
const MOST_BYTES = 1024 * 1024
const DEEPEST = 8

/** One element as it stands in the file, with the place of each of its attributes. */
export interface Element extends Place {
  name: string
  attributes: ReadonlyMap<string, { value: string } & Place>
  children: Element[]
}

/** The file's root element. Throws DescriptionError for what is not well-formed, for text between elements, and for a document type. */
export function parseElements(file: string, text: string): Element {
  const fail = (place: Place, why: string): never => {
    throw new DescriptionError(file, [{ ...place, why }])
  }
  if (text.length > MOST_BYTES)
    fail({ line: 1, column: 1 }, `the file exceeds ${MOST_BYTES} characters: split the service`)
  const parser = new SaxesParser({ xmlns: true })
  const here = (back = 0): Place => ({ line: parser.line, column: Math.max(1, parser.columnIndex + 1 - back) })
  const open: Element[] = []
  let root: Element | undefined
  let attributes = new Map<string, { value: string } & Place>()
  let start: Place = { line: 1, column: 1 }
  parser.on("error", (error) => fail(here(), `not well-formed XML: ${error.message.replace(/^\d+:\d+: /, "")}`))
  parser.on("doctype", () => fail(here(), "a document type is not allowed here"))
  parser.on("text", (given) => {
    if (given.trim() !== "")
      fail(here(1), `text is not allowed between elements: ${JSON.stringify(given.trim().slice(0, 40))}`)
  })
  parser.on("cdata", () => fail(here(), "CDATA is not allowed here"))
  parser.on("opentagstart", (tag) => {
    start = here(tag.name.length + 2)
    attributes = new Map()
  })
  parser.on("attribute", ({ name, value }) => {
    if (name === "xmlns" || name.startsWith("xmlns:")) return
    attributes.set(name, { value, ...here(name.length + value.length + 3) })
  })
  parser.on("opentag", (tag) => {
    if (tag.uri !== NAMESPACE) fail(start, `<${tag.name}> is not in the namespace ${NAMESPACE}`)
    if (open.length >= DEEPEST) fail(start, "elements are nested too deeply")
    const element: Element = { name: tag.local, ...start, attributes, children: [] }
    if (open.length === 0) root = element
    else open[open.length - 1]?.children.push(element)
    open.push(element)
  })
  parser.on("closetag", () => void open.pop())
  parser.write(text).close()
  return root ?? fail({ line: 1, column: 1 }, "the file is empty")
}
