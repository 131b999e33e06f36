import type { Struct } from "./model.ts"

/** Names of the structs that `struct` holds by value: always there, so that an endless one could never be written. */
const heldByValue = (struct: Struct): { field: string; name: string }[] =>
  struct.fields.flatMap(({ name: field, type, occurs }) =>
    type.is === "struct" && occurs === "one" ? [{ field, name: type.name }] : [],
  )

/** The way from a struct back to itself by value, as `A.b → B.a → A`; null where there is none. */
export function findCycle(start: Struct, structs: ReadonlyMap<string, Struct>): string | null {
  const seen = new Set<string>()
  const walk = (struct: Struct, way: string[]): string | null => {
    for (const { field, name } of heldByValue(struct)) {
      const here = [...way, `${struct.name}.${field}`]
      if (name === start.name) return `${here.join(" → ")} → ${name}`
      const next = structs.get(name)
      if (next === undefined || seen.has(name)) continue
      seen.add(name)
      const found = walk(next, here)
      if (found !== null) return found
    }
    return null
  }
  return walk(start, [])
}
