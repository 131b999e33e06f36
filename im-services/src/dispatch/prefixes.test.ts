import { expect, it } from "vitest"
import { createFinder, parsePrefixes } from "./prefixes.ts"

it("an address is where the longest prefix that fits says", () => {
  const find = createFinder(parsePrefixes("10.0.0.0/8=eu/telecom,10.1.0.0/16=us/,2001:db8::/32=/mobile"))
  expect(find("10.2.3.4")).toEqual({ region: "eu", carrier: "telecom" })
  expect(find("::ffff:10.1.2.3")).toEqual({ region: "us", carrier: "" })
  expect(find("2001:db8::1")).toEqual({ region: "", carrier: "mobile" })
  expect(find("192.168.0.1")).toBe(null)
  expect(find("nonsense")).toBe(null)
})

it("what is no table is said", () => {
  for (const text of ["10.0.0.0=eu/x", "10.0.0.0/33=eu/x", "host/8=eu/x", "10.0.0.0/8=eu"])
    expect(() => parsePrefixes(text)).toThrow(`${text} is no network/bits=region/carrier`)
})
