import { readdirSync, readFileSync } from "node:fs"
import { afterEach, expect, it, vi } from "vitest"

afterEach(() => vi.unstubAllGlobals())

it("codecs import nothing of Node", () => {
  const folder = new URL("./", import.meta.url)
  const sources = readdirSync(folder).filter((name) => !name.endsWith(".test.ts"))
  for (const name of sources) expect(readFileSync(new URL(name, folder), "utf8")).not.toMatch(/from "(node:|@)/)
})

it("codecs write and read the same without Node's Buffer", async () => {
  const texts = ["", "short", "漢字と🙂", "x".repeat(200), `${"é".repeat(150)}🙂`]
  const node = await import("./index.ts")
  const written = texts.map((text) => {
    const writer = new node.Writer()
    writer.string(text, "text")
    return Uint8Array.from(writer.take())
  })
  vi.stubGlobal("Buffer", undefined)
  vi.resetModules()
  const web = await import("./index.ts")
  for (const [i, text] of texts.entries()) {
    const writer = new web.Writer(64)
    writer.string(text, "text")
    expect(Uint8Array.from(writer.take())).toEqual(written[i])
    const reader = new web.Reader()
    reader.reset(written[i] as Uint8Array)
    expect(reader.string()).toBe(text)
  }
  const reader = new web.Reader()
  reader.reset(Uint8Array.of(40, ...new Uint8Array(40).fill(0xff)))
  expect(() => reader.string()).toThrow("text is not UTF-8")
})
