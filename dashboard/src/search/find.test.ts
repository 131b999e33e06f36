import type { CatalogEntry } from "@ossagent/wire"
import { expect, test } from "vitest"
import { find, toTargets } from "./find.ts"

const entry = (service: string, metric: string): CatalogEntry => ({
  metric,
  kind: "counter",
  unit: "",
  service,
  subsystem: "main",
  versions: ["8.0.1"],
  hosts: [],
  labels: {},
  seriesCount: 1,
  firstSeen: 0,
  lastSeen: 0,
})

const targets = toTargets(
  [entry("shop", "order.paid"), entry("shop", "order.failed"), entry("mail", "paid.mails")],
  [{ name: "Alarms", href: "/alarms" }],
)
const names = (text: string): string[] => find(targets, text).map(({ name }) => name)

test("every word must occur, in the name or in what is known about it", () => {
  expect(names("order shop")).toEqual(["order.paid", "order.failed"])
  expect(names("order nowhere")).toEqual([])
})

test("a name that begins with the word comes first", () => {
  expect(names("paid")).toEqual(["paid.mails", "order.paid"])
})

test("a subsystem is there once, a metric leads to its own subsystem", () => {
  expect(names("shop").filter((name) => name === "shop / main")).toHaveLength(1)
  expect(find(targets, "order.paid")[0]?.href).toBe("/m/order.paid?service=shop&subsystem=main")
})

test("without a word everything is there, pages first", () => {
  expect(names("")[0]).toBe("Alarms")
})
