import type { Roots } from "./roots.ts"

/** One line of a stack. */
export interface StackFrame {
  /** Empty for code outside of any function. */
  name: string
  /** As the project names it. */
  file: string
  line: number
  column: number
  /** Whose code it is: the application's, a dependency's, or Node's with all that has no file. */
  whose: "own" | "dependency" | "node"
}

const MOST_FRAMES = 50
const FRAME = /^\s+at (?:async )?(?:(.*?) \()?(.*?)\)?$/
const POSITION = /^(.*?):(\d+)(?::(\d+))?$/

/** The frames of V8's stack, innermost first; lines that are none are left out. */
export function parseStack(stack: string, roots: Roots): StackFrame[] {
  const frames: StackFrame[] = []
  for (const text of stack.split("\n")) {
    if (frames.length >= MOST_FRAMES) break
    const found = FRAME.exec(text)
    if (found !== null) frames.push(toFrame(found[1] ?? "", found[2] ?? "", roots))
  }
  return frames
}

function toFrame(name: string, where: string, roots: Roots): StackFrame {
  const clean = name.replace(/ \[as .*\]$/, "")
  const position = POSITION.exec(where)
  const raw = position?.[1] ?? where
  if (position === null || raw.startsWith("node:") || /<anonymous>|^eval at|^native$/.test(raw))
    return { name: clean, file: raw, line: Number(position?.[2] ?? 0), column: 0, whose: "node" }
  const file = roots.relative(raw)
  const whose = file.startsWith("node_modules/") ? "dependency" : "own"
  return { name: clean, file, line: Number(position[2]), column: Number(position[3] ?? 0), whose }
}

const MOST_COMPARED = 8

/**
 * What two errors of the same place have in common: functions and files of the application without lines and columns, runs of a
 * dependency's frames by its name, Node's left out; repeats (recursion) once.
 */
export function toTrace(frames: readonly StackFrame[]): string[] {
  const trace: string[] = []
  for (const frame of frames) {
    if (frame.whose === "node") continue
    const text = frame.whose === "own" ? `${frame.name} ${withoutHashes(frame.file)}` : packageOf(frame.file)
    if (trace.at(-1) !== text) trace.push(text)
    if (trace.length === MOST_COMPARED) break
  }
  return trace
}

/** Bundlers put a hash of the content into a file's name. */
const withoutHashes = (file: string): string => file.replace(/(?=[0-9a-z]*\d)[0-9a-f]{8,}/gi, "*")

function packageOf(file: string): string {
  const [, first = "", second = ""] = file.split("/")
  return first.startsWith("@") ? `${first}/${second}` : first
}

/** `file:line` where the application's own code is nearest to the fault, else a dependency's; empty when neither is there. */
export function toPlace(frames: readonly StackFrame[]): string {
  const frame = frames.find(({ whose }) => whose === "own") ?? frames.find(({ whose }) => whose === "dependency")
  return frame === undefined ? "" : `${frame.file}:${frame.line}`
}

/** For people: as V8 writes it, with files as the project names them. */
export const formatFrames = (frames: readonly StackFrame[]): string =>
  frames
    .map(({ name, file, line, column }) => {
      const where = line > 0 ? `${file}:${line}${column > 0 ? `:${column}` : ""}` : file
      return name === "" ? `    at ${where}` : `    at ${name} (${where})`
    })
    .join("\n")
