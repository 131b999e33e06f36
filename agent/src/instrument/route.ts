const MOST_SEGMENTS = 5
const LONGEST_SEGMENT = 32
const ID = /^(?:\d[\d.,_-]*|(?=.*\d)[0-9a-f]{8,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=.*\d)[\w-]{16,})$/i

/**
 * The route that a request's address probably stands for: without its query, its numbers, UUIDs and other identifiers as `:id`, and
 * with at most five segments, so that the addresses of one service stay few.
 */
export function toRoute(url: string): string {
  const path = url.split(/[?#]/, 1)[0] as string
  const segments = path.split("/").filter((segment) => segment !== "")
  const named = segments.slice(0, MOST_SEGMENTS).map((segment) => (isId(segment) ? ":id" : segment))
  return `/${named.join("/")}${segments.length > MOST_SEGMENTS ? "/*" : ""}`
}

const isId = (segment: string): boolean => segment.length > LONGEST_SEGMENT || ID.test(segment)
