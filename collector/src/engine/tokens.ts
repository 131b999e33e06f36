/** A piece of SQL; comments and white space are not tokens. `text` is unescaped for `string` and `quoted`. */
export type Token = {
  kind: "word" | "quoted" | "string" | "number" | "symbol"
  text: string
  /** Offsets into the source, `end` exclusive. */
  start: number
  end: number
}

/** The source ends inside a string or comment that opens at `start`. */
export class UnclosedError extends Error {
  override readonly name = "UnclosedError"
  readonly start: number
  constructor(start: number) {
    super(`what opens at position ${start + 1} is not closed`)
    this.start = start
  }
}

const SPACE = /[ \t\n\r\f\v]+/y
const LINE_COMMENT = /(?:--|\/\/|#[ !])[^\n]*/y
const WORD = /[A-Za-z_$][\w$]*/y
const NUMBER = /\d\w*/y
const HEREDOC = /\$\w*\$/y
const COMMENT_EDGE = /\/\*|\*\//g
/** ‘…’ and “…”, as UTF-8 bytes. */
const CURLY: Record<string, string> = { "\xe2\x80\x98": "\xe2\x80\x99", "\xe2\x80\x9c": "\xe2\x80\x9d" }

/**
 * Cuts SQL into tokens the way ClickHouse's lexer does (src/Parsers/Lexer.cpp): strings with backslashes and doubled
 * quotes, curly quotes, heredocs, nested comments.
 *
 * @param source one char per byte (latin1), so that offsets are byte offsets
 * @throws UnclosedError
 */
export function* readTokens(source: string): Generator<Token> {
  let at = 0
  while (at < source.length) {
    const blank = matchAt(SPACE, source, at) ?? matchAt(LINE_COMMENT, source, at)
    if (blank !== undefined) at += blank.length
    else if (source.startsWith("/*", at)) at = skipComment(source, at)
    else {
      const token = readToken(source, at)
      yield token
      at = token.end
    }
  }
}

function readToken(source: string, start: number): Token {
  const first = source[start] ?? ""
  if (first === "'" || first === '"' || first === "`") return readQuoted(source, start, first)
  const curly = CURLY[source.slice(start, start + 3)]
  if (curly !== undefined) return readCurly(source, start, curly)
  const heredoc = first === "$" ? tryHeredoc(source, start) : undefined
  if (heredoc) return heredoc
  const word = matchAt(WORD, source, start)
  if (word !== undefined) return { kind: "word", text: word, start, end: start + word.length }
  const number = matchAt(NUMBER, source, start)
  if (number !== undefined) return { kind: "number", text: number, start, end: start + number.length }
  return { kind: "symbol", text: first, start, end: start + 1 }
}

function readQuoted(source: string, start: number, quote: string): Token {
  let at = start + 1
  while (at < source.length) {
    if (source[at] === "\\") at += 2
    else if (source[at] !== quote) at += 1
    else if (source[at + 1] === quote) at += 2
    else
      return {
        kind: quote === "'" ? "string" : "quoted",
        text: toUnescaped(source.slice(start + 1, at), quote),
        start,
        end: at + 1,
      }
  }
  throw new UnclosedError(start)
}

function readCurly(source: string, start: number, close: string): Token {
  const end = source.indexOf(close, start + 3)
  if (end < 0) throw new UnclosedError(start)
  return { kind: close.endsWith("\x99") ? "string" : "quoted", text: source.slice(start + 3, end), start, end: end + 3 }
}

/** `$tag$ … $tag$`; without its end the dollar sign is part of a word. */
function tryHeredoc(source: string, start: number): Token | undefined {
  const tag = matchAt(HEREDOC, source, start)
  if (tag === undefined) return undefined
  const close = source.indexOf(tag, start + tag.length)
  if (close < 0) return undefined
  return { kind: "string", text: source.slice(start + tag.length, close), start, end: close + tag.length }
}

function skipComment(source: string, start: number): number {
  let depth = 0
  COMMENT_EDGE.lastIndex = start
  for (let edge = COMMENT_EDGE.exec(source); edge; edge = COMMENT_EDGE.exec(source)) {
    depth += edge[0] === "/*" ? 1 : -1
    if (depth === 0) return COMMENT_EDGE.lastIndex
  }
  throw new UnclosedError(start)
}

function toUnescaped(body: string, quote: string): string {
  return body
    .replaceAll(quote + quote, quote)
    .replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_, hex, char) =>
      hex ? String.fromCharCode(Number.parseInt(hex, 16)) : char,
    )
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}
