import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from "node:readline"
import { Writable } from "node:stream"
import { toPlain } from "./plain.ts"

export interface Streams {
  input: NodeJS.ReadStream
  output: NodeJS.WriteStream
}

/** Lines that were given faster than they are done; beyond, the input waits. */
const MOST_LINES = 1_000

/** What readline writes to: nothing of it is shown while a secret is typed. */
class Shown extends Writable {
  secret = false
  private readonly to: NodeJS.WriteStream

  constructor(to: NodeJS.WriteStream) {
    super()
    this.to = to
    to.on("resize", () => this.emit("resize"))
  }

  get columns(): number {
    return this.to.columns
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (!this.secret) this.to.write(chunk)
    done()
  }
}

/**
 * Lines in, lines out. On a terminal what is printed appears above the line that is being typed, which stays as it is; elsewhere lines are
 * read one after the other and no prompt is shown.
 */
export class Screen {
  /** A person sits here. */
  readonly interactive: boolean
  private readonly output: NodeJS.WriteStream
  private readonly shown: Shown
  private readonly readline: Interface
  private readonly lines: string[] = []
  private waiting: ((line: string | null) => void) | null = null
  private ended = false

  constructor({ input, output }: Streams, onInterrupt: () => void) {
    this.interactive = input.isTTY === true && output.isTTY === true
    this.output = output
    this.shown = new Shown(output)
    this.readline = createInterface({ input, output: this.shown, terminal: this.interactive, historySize: 200 })
    this.readline.on("line", (line) => this.take(line))
    this.readline.on("close", () => this.end())
    this.readline.on("SIGINT", onInterrupt)
    this.readline.on("history", (history: string[]) => {
      if (this.shown.secret) history.shift()
    })
    output.on("error", onInterrupt) // nobody reads it any more
  }

  /** Everything that is not ours in it must have gone through `toPlain`. */
  print(text: string): void {
    if (!this.interactive || this.waiting === null) {
      this.output.write(`${text}\n`)
      return
    }
    const { rows } = this.readline.getCursorPos()
    cursorTo(this.output, 0)
    moveCursor(this.output, 0, -rows)
    clearScreenDown(this.output)
    this.output.write(`${text}\n`)
    // readline would go up by the rows of the line that was there
    ;(this.readline as Interface & { prevRows: number }).prevRows = 0
    this.readline.prompt(true)
  }

  /** The next line; null when there is none any more. */
  async read(prompt: string): Promise<string | null> {
    const line = this.lines.shift()
    if (line !== undefined || this.ended) return line ?? null
    const next = new Promise<string | null>((resolve) => {
      this.waiting = resolve
    })
    this.readline.resume()
    if (this.interactive) {
      this.readline.setPrompt(toPlain(prompt))
      this.readline.prompt()
    }
    return next
  }

  /** As `read`, and what is typed is neither shown nor kept. */
  async readSecret(prompt: string): Promise<string | null> {
    if (!this.interactive) return this.read("")
    this.output.write(prompt)
    this.shown.secret = true
    const line = await this.read("")
    this.shown.secret = false
    this.output.write("\n")
    return line
  }

  close(): void {
    this.shown.secret = false
    if (this.interactive && this.waiting !== null) this.output.write("\n")
    this.waiting = null
    this.readline.close()
  }

  private take(line: string): void {
    const { waiting } = this
    this.waiting = null
    if (waiting !== null) waiting(line)
    else if (this.lines.push(line) >= MOST_LINES) this.readline.pause()
  }

  private end(): void {
    this.ended = true
    this.waiting?.(null)
    this.waiting = null
  }
}
