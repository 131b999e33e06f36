/** Messages and stacks as they leave the process, and as they are compared. */

const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'`<>]+/gi, "<url>"],
  [/"[^"]*"|`[^`]*`|(?<!\w)'[^']*'(?!\w)|“[^”]*”|‘[^’]*’/g, "<text>"],
  [/[^\s@<>]{1,64}@[^\s@<>]{1,255}/g, "<address>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/(?<![\w/])(?:[a-z]:)?(?:[\\/][\w.@~+-]+){2,}/gi, "<path>"],
  [/\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{6,}\b/gi, "<id>"],
  [/\b(?=\w*\d)(?=\w*[a-z])\w{12,}\b/gi, "<id>"],
  [/\d+(?:[.,:]\d+)*/g, "<n>"],
]

/** The part of a message's first line that is the same each time: without urls, quoted parts, addresses, paths, ids and numbers. */
export function toPattern(message: string): string {
  let text = (message.split("\n", 1)[0] ?? "").slice(0, 1_000)
  for (const [found, word] of PLACEHOLDERS) text = text.replace(found, word)
  return text.slice(0, 200)
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@]{1,512}@/gi, "$1***@"],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, "$1 ***"],
  [
    /\b([\w-]{0,32}(?:password|passwd|secret|token|api[_-]?key|authorization|cookie))(["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"',;&]{1,512}/gi,
    "$1$2***",
  ],
]

/** The text without what looks like a credential: in urls, after a scheme, after a telling name. */
export function withoutSecrets(text: string): string {
  let clean = text
  for (const [found, word] of SECRETS) clean = clean.replace(found, word)
  return clean
}
