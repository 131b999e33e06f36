import type { Element } from "./elements.ts"
import type { Fault, Place } from "./model.ts"

/** Reads one element's attributes; every fault goes to the list, and the reading goes on with a stand-in. */
export class Attributes {
  private readonly element: Element
  private readonly faults: Fault[]
  private readonly read = new Set<string>()

  constructor(element: Element, faults: Fault[]) {
    this.element = element
    this.faults = faults
  }

  place(name?: string): Place {
    const { line, column } = (name === undefined ? undefined : this.element.attributes.get(name)) ?? this.element
    return { line, column }
  }

  fault(why: string, at?: string): void {
    this.faults.push({ ...this.place(at), why })
  }

  optional(name: string): string | undefined {
    this.read.add(name)
    return this.element.attributes.get(name)?.value
  }

  text(name: string): string {
    const value = this.optional(name)
    if (value === undefined) this.fault(`<${this.element.name}> lacks the attribute ${name}`)
    return value ?? ""
  }

  /** A name in the stated form. */
  named(name: string, form: RegExp, like: string): string {
    const value = this.text(name)
    if (this.element.attributes.has(name) && !form.test(value)) {
      this.fault(`${JSON.stringify(value)} is no good ${name}: it must be like ${like}`, name)
    }
    return value
  }

  whole(name: string, bounds: { min: number; max: number; standard?: number }): number {
    const value = bounds.standard === undefined ? this.text(name) : this.optional(name)
    if (value === undefined) return bounds.standard ?? bounds.min
    const number = /^-?\d{1,12}$/.test(value) ? Number(value) : Number.NaN
    if (number >= bounds.min && number <= bounds.max) return number
    if (this.element.attributes.has(name)) {
      this.fault(
        `${name} must be a whole number from ${bounds.min} to ${bounds.max}, not ${JSON.stringify(value)}`,
        name,
      )
    }
    return bounds.min
  }

  flag(name: string): boolean {
    const value = this.optional(name)
    if (value !== undefined && value !== "true" && value !== "false") {
      this.fault(`${name} must be true or false, not ${JSON.stringify(value)}`, name)
    }
    return value === "true"
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], standard?: T): T {
    const value = standard === undefined ? this.text(name) : (this.optional(name) ?? standard)
    if ((allowed as readonly string[]).includes(value)) return value as T
    if (this.element.attributes.has(name)) {
      this.fault(`${name} must be one of ${allowed.join(", ")}, not ${JSON.stringify(value)}`, name)
    }
    return allowed[0] as T
  }

  /** What stands in the element and nobody asked for. */
  finish(children: readonly string[] = []): void {
    for (const [name, at] of this.element.attributes) {
      if (!this.read.has(name)) {
        this.faults.push({ ...at, why: `<${this.element.name}> has no attribute ${name}` })
      }
    }
    for (const child of this.element.children) {
      if (!children.includes(child.name)) {
        this.faults.push({
          line: child.line,
          column: child.column,
          why: `<${child.name}> is not allowed in <${this.element.name}>`,
        })
      }
    }
  }
}
