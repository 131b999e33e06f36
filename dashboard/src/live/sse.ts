/** One server-sent event; `name` is "message" when the stream names none. */
export interface SseEvent {
  name: string
  data: string
}

/**
 * Cuts a text stream into server-sent events (WHATWG HTML, section 9.2). Chunks may end anywhere; comments are skipped; an event
 * without data is none.
 */
export function createSseParser(onEvent: (event: SseEvent) => void): (chunk: string) => void {
  let rest = ""
  let name = ""
  let data: string[] = []
  const takeLine = (line: string): void => {
    if (line === "") {
      if (data.length > 0) onEvent({ name: name || "message", data: data.join("\n") })
      name = ""
      data = []
    } else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5))
    else if (line.startsWith("event:")) name = line.slice(6).trim()
  }
  return (chunk) => {
    rest += chunk
    const lines = rest.split(/\r\n|\n/)
    rest = lines.pop() ?? ""
    for (const line of lines) takeLine(line)
  }
}
