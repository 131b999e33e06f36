/** A piece of SQL; comments and white space are not tokens. `text` is unescaped for `string` and `quoted`. */
export type Token = {
  kind: "word" | "quoted" | "string" | "number" | "symbol"
  text: string
  /** Offsets into the source, `end` exclusive. */
  start: number
  end: number
}

/** The source holds what is no token: an open string or comment, a wrong number, a stray byte. */
export class LexicalError extends Error {
  override readonly name = "LexicalError"
  constructor(what: string, start: number) {
    super(`${what} at position ${start + 1}`)
  }
}

const SPACE = /[ \t\n\r\f\v]+/y
const LINE_COMMENT = /(?:--|\/\/|#[ !])[^\n]*/y
const WORD = /(?:[A-Za-z_]|\$(?=\w))[\w$]*/y
const WORD_REST = /\w+/y
const HEREDOC = /\$\w*\$/y
/** x'4f' and b'01': nothing but digits, and no doubled quotes. */
const BITS = /[xX]'[\da-fA-F]*'|[bB]'[01]*'/y
const BITS_OPENING = /[xXbB]'(?=.)/sy
const HEX_NUMBER =
  /0[xX][\da-fA-F](?:_?[\da-fA-F])*(?:\.(?:[\da-fA-F](?:_?[\da-fA-F])*)?)?(?:[pP](?=.)(?:[+-](?=.))?(?:\d(?:_?\d)*)?)?/sy
/** An exponent takes its sign even without digits: there is no comment in `1e--x`. */
const NUMBER = /(?:0[bB](?=[01]))?\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?(?:[eE](?=.)(?:[+-](?=.))?(?:\d(?:_?\d)*)?)?/sy
const FRACTION = /\.\d(?:_?\d)*(?:[eE](?=.)(?:[+-](?=.))?(?:\d(?:_?\d)*)?)?/sy
/** A source that begins with a dot begins with a number, digits or not. */
const FIRST_FRACTION = /\.(?:\d(?:_?\d)*)?(?:[eE](?=.)(?:[+-](?=.))?(?:\d(?:_?\d)*)?)?/sy
const WHOLE = /\d(?:_?\d)*/y
const COMMENT_EDGE = /\/\*|\*\//g
/** ‘…’ and “…”, as UTF-8 bytes. */
const CURLY: Record<string, string> = { "\xe2\x80\x98": "\xe2\x80\x99", "\xe2\x80\x9c": "\xe2\x80\x9d" }
const MINUS = "\xe2\x88\x92"

/**
 * Cuts SQL into tokens just as ClickHouse's lexer does (src/Parsers/Lexer.cpp): strings with backslashes and doubled
 * quotes, curly quotes, heredocs, nested comments, numbers. A test compares the two. Stricter in one point: white
 * space beyond ASCII is refused.
 *
 * @param source one char per byte (latin1), so that offsets are byte offsets
 * @throws LexicalError
 */
export function* readTokens(source: string): Generator<Token> {
  let at = 0
  let previous: Token | undefined
  while (at < source.length) {
    const blank = matchAt(SPACE, source, at) ?? matchAt(LINE_COMMENT, source, at)
    if (blank !== undefined) at += blank.length
    else if (source.startsWith("/*", at)) at = skipComment(source, at)
    else {
      previous = readToken(source, at, previous)
      yield previous
      at = previous.end
    }
  }
}

function readToken(source: string, start: number, previous: Token | undefined): Token {
  const first = source[start] ?? ""
  if (first === "'" || first === '"' || first === "`") return readQuoted(source, start, first)
  if (first >= "\x80") return readBeyondAscii(source, start)
  if (matchAt(BITS_OPENING, source, start)) return readBits(source, start)
  if (/[\d.]/.test(first)) return readNumber(source, start, previous)
  const heredoc = first === "$" ? tryHeredoc(source, start) : undefined
  if (heredoc) return heredoc
  const word = matchAt(WORD, source, start)
  return word === undefined ? toToken("symbol", first, start) : toToken("word", word, start)
}

function readQuoted(source: string, start: number, quote: string): Token {
  let at = start + 1
  while (at < source.length) {
    if (source[at] === "\\") at += 2
    else if (source[at] !== quote) at += 1
    else if (source[at + 1] === quote) at += 2
    else {
      const text = toUnescaped(source.slice(start + 1, at), quote)
      return { kind: quote === "'" ? "string" : "quoted", text, start, end: at + 1 }
    }
  }
  throw new LexicalError("a quote that is not closed", start)
}

function readBeyondAscii(source: string, start: number): Token {
  if (source.startsWith(MINUS, start)) return toToken("symbol", MINUS, start)
  const close = CURLY[source.slice(start, start + 3)]
  if (close === undefined) throw new LexicalError("a character that is not ASCII, outside of quotes,", start)
  const end = source.indexOf(close, start + 3)
  if (end < 0) throw new LexicalError("a quote that is not closed", start)
  return { kind: close.endsWith("\x99") ? "string" : "quoted", text: source.slice(start + 3, end), start, end: end + 3 }
}

function readBits(source: string, start: number): Token {
  const bits = matchAt(BITS, source, start)
  if (bits === undefined) throw new LexicalError("a string of bits that is not closed", start)
  return toToken("string", bits, start)
}

/** A number, or a word that begins with digits, or a dot. After a dot only whole numbers stand: x.1.2. */
function readNumber(source: string, start: number, previous: Token | undefined): Token {
  const isAccess =
    previous !== undefined && previous.kind !== "string" && (previous.kind !== "symbol" || /[)\]]/.test(previous.text))
  if (source[start] === ".") {
    const fraction = isAccess ? undefined : matchAt(start === 0 ? FIRST_FRACTION : FRACTION, source, start)
    return fraction === undefined ? toToken("symbol", ".", start) : toToken("number", fraction, start)
  }
  const afterDot = previous?.kind === "symbol" && previous.text === "."
  const number = afterDot
    ? matchAt(WHOLE, source, start)
    : (matchAt(HEX_NUMBER, source, start) ?? matchAt(NUMBER, source, start))
  const text = number ?? ""
  const rest = matchAt(WORD_REST, source, start + text.length)
  if (rest === undefined) return toToken("number", text, start)
  if (/\W/.test(text)) throw new LexicalError("a number that is none", start)
  return toToken("word", text + rest, start)
}

/** `$tag$ … $tag$`; without its end the dollar sign is a sign or begins a word. */
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
  throw new LexicalError("a comment that is not closed", start)
}

function toUnescaped(body: string, quote: string): string {
  return body
    .replaceAll(quote + quote, quote)
    .replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_, hex, char) =>
      hex ? String.fromCharCode(Number.parseInt(hex, 16)) : char,
    )
}

function toToken(kind: Token["kind"], text: string, start: number): Token {
  return { kind, text, start, end: start + text.length }
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}
