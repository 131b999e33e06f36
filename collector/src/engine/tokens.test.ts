import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { toBytes } from "./statement.ts"
import { LexicalError, readTokens } from "./tokens.ts"

const texts = (sql: string) => [...readTokens(toBytes(sql))].map((token) => `${token.kind}:${token.text}`)

describe("tokens", () => {
  it("leaves out comments of every kind, nested ones too", () => {
    expect(texts("a -- ;\n b // ;\n c # ;\n d #! ;\n /* ; /* ; */ ; */ e")).toEqual(
      ["a", "b", "c", "d", "e"].map((word) => `word:${word}`),
    )
  })

  it("takes strings, quoted names and heredocs whole", () => {
    expect(texts(`'a''b;\\';' "x;""y" \`z;\\\`\` $tag$;'$tag$ ‘;“’ “;”`)).toEqual([
      "string:a'b;';",
      'quoted:x;"y',
      "quoted:z;`",
      "string:;'",
      `string:${toBytes(";“")}`,
      "quoted:;",
    ])
  })

  it("takes a dollar sign without its partner as a sign or part of a word", () => {
    expect(texts("a$b $c; $")).toEqual(["word:a$b", "word:$c", "symbol:;", "symbol:$"])
  })

  it("ends a string of bits at its first quote", () => {
    expect(texts("x'4f''a' b'01'';'")).toEqual(["string:x'4f'", "string:a", "string:b'01'", "string:;"])
    expect(texts("max'a'")).toEqual(["word:max", "string:a"])
  })

  it("refuses what is not closed", () => {
    for (const sql of ["'", "x'4;'", "\u00a0", "1.5x", "'\\'", '"', "`", "/* /* */", "‘", "“"])
      expect(() => texts(sql)).toThrow(LexicalError)
  })

  it("covers the source in order, whatever it holds", () => {
    const piece = fc.constantFrom(
      "'",
      '"',
      "`",
      "\\",
      "$",
      "$a$",
      "--",
      "/*",
      "*/",
      "#",
      " ",
      "\n",
      ";",
      "file",
      "(",
      "é",
      "‘",
      "’",
      "1",
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
        const source = toBytes(pieces.join(""))
        let last = 0
        try {
          for (const { start, end } of readTokens(source)) {
            expect(start).toBeGreaterThanOrEqual(last)
            expect(end).toBeGreaterThan(start)
            last = end
          }
        } catch (error) {
          expect(error).toBeInstanceOf(LexicalError)
        }
        expect(last).toBeLessThanOrEqual(source.length)
      }),
    )
  })
})
