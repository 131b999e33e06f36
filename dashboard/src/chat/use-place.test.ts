import { expect, test } from "vitest"
import { chatHref, parsePlace } from "./use-place.ts"

const GROUP = 2 ** 40 + 5
const place = (text: string) => parsePlace(new URLSearchParams(text))

test("an address that somebody was given opens the same conversation", () => {
  expect(place(chatHref(GROUP, "lunch").split("?")[1] as string)).toEqual({ is: "group", gid: GROUP })
  expect(place(chatHref(7, "12345").split("?")[1] as string)).toEqual({ is: "person", name: "12345" })
})

test("what names no conversation opens the list", () => {
  for (const text of ["", "with=", "group=7", "group=x", "group=1e400"]) expect(place(text)).toEqual({ is: "list" })
})
