/** Rules as YAML files: read, checked with the line of each fault, compared with what is there. */
import type { NewRule, Rule } from "@ossagent/wire"
import { type Document, isMap, isNode, isSeq, LineCounter, parseDocument } from "yaml"
import { ruleSchema } from "./schema.ts"

export interface FileFault {
  line: number
  column: number
  message: string
}

export interface FileRule {
  line: number
  rule: NewRule
}

export type ReadFile = { rules: FileRule[]; faults: FileFault[] }

const MOST_CHARS = 1_000_000
/** What a rule need not say. */
const DEFAULTS = {
  enabled: true,
  severity: "warning",
  metric: "",
  stat: "avg",
  filters: [],
  split: ["service", "subsystem"],
  windowSec: 60,
  forSec: 0,
  keepFiringSec: 60,
}

/** Reads `rules:` of a YAML document. A file with faults gives its faults, and whatever rules are well. */
export function readRuleFile(text: string): ReadFile {
  if (text.length > MOST_CHARS)
    return { rules: [], faults: [{ line: 1, column: 1, message: `longer than ${MOST_CHARS} characters` }] }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const faults = document.errors.map(({ message, pos }) => ({ ...at(pos[0]), message: message.split("\n")[0] ?? "" }))
  if (faults.length > 0) return { rules: [], faults }
  const list = document.get("rules")
  if (!isSeq(list)) return { rules: [], faults: [{ line: 1, column: 1, message: "must have a list named rules" }] }
  const read: ReadFile = { rules: [], faults: [] }
  list.items.forEach((item, i) => {
    const offset = isNode(item) ? (item.range?.[0] ?? 0) : 0
    if (!isMap(item)) {
      read.faults.push({ ...at(offset), message: "must be a rule: fields and values" })
      return
    }
    const parsed = ruleSchema.safeParse({ ...DEFAULTS, ...(item.toJSON() as object) })
    if (parsed.success) read.rules.push({ ...at(offset), rule: parsed.data as NewRule })
    for (const { path, message } of parsed.error?.issues ?? [])
      read.faults.push({ ...at(findOffset(document, ["rules", i, ...path])), message: toText(path, message) })
  })
  return { rules: read.rules, faults: [...read.faults, ...findDoubles(read.rules)] }
}

const toText = (path: readonly PropertyKey[], message: string): string =>
  path.length > 0 ? `${path.join(".")}: ${message}` : message

/** Where the node at a path begins; where there is none, that of the nearest one above it. */
function findOffset(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

/** Rules are known by their names. */
function findDoubles(rules: readonly FileRule[]): FileFault[] {
  const seen = new Map<string, number>()
  return rules.flatMap(({ line, rule }) => {
    const first = seen.get(rule.name)
    seen.set(rule.name, first ?? line)
    return first === undefined
      ? []
      : [{ line, column: 1, message: `name: ${rule.name} is a rule of line ${first} too` }]
  })
}

export type Change =
  | { act: "create"; rule: NewRule }
  | { act: "change"; id: string; rule: NewRule; fields: string[] }
  | { act: "remove"; id: string; name: string }

/**
 * What makes the rules that are there those of the files. Rules are known by name; only what a file made is ever removed.
 *
 * @param owner who makes changes for files: rules that it changed last and that no file has any more are removed
 */
export function toChanges(wanted: readonly NewRule[], there: readonly Rule[], owner: string): Change[] {
  const byName = new Map(there.map((rule) => [rule.name, rule]))
  const changes = wanted.flatMap((rule): Change[] => {
    const known = byName.get(rule.name)
    if (!known) return [{ act: "create", rule }]
    const fields = toDifferent(rule, known)
    return fields.length > 0 ? [{ act: "change", id: known.id, rule, fields }] : []
  })
  const names = new Set(wanted.map(({ name }) => name))
  const gone = there.filter(({ name, updatedBy, builtIn }) => updatedBy === owner && !builtIn && !names.has(name))
  return [...changes, ...gone.map(({ id, name }): Change => ({ act: "remove", id, name }))]
}

function toDifferent(rule: NewRule, known: Rule): string[] {
  const { id: _, builtIn: __, updatedAt: ___, updatedBy: ____, ...body } = known
  const names = new Set([...Object.keys(rule), ...Object.keys(body)]) as Set<keyof NewRule>
  return [...names].filter((name) => toStable(rule[name]) !== toStable(body[name]))
}

/** The same for the same value, however its fields are ordered. */
const toStable = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  ) ?? ""
