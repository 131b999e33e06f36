import { expect, test } from "vitest"
import { lineRange, withText } from "./text.ts"

test("the line that a fault names is found in the text", () => {
  const text = "{{ title }}\n{{ wyh }}\n"
  const found = lineRange(text, "cannot save template: body there is no wyh (line 2, column 4)")
  expect(found && text.slice(found.from, found.to)).toBe("{{ wyh }}")
  expect(lineRange(text, "cannot save template: the name is taken")).toBeNull()
  expect(lineRange(text, "at line 9")).toBeNull()
})

test("a variable goes where the selection is", () => {
  expect(withText("a cat", "{{ x }}", { from: 2, to: 5 })).toEqual({ text: "a {{ x }}", at: 9 })
})
