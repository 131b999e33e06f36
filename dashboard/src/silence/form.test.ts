import type { Alarm } from "@ossagent/wire"
import { expect, test } from "vitest"
import { emptyDraft, toMatchers } from "../matcher/draft.ts"
import { draftsOf, draftsOfAlarm, toFault } from "./form.ts"

const alarm = (group: Record<string, string>, metric = ""): Alarm => ({ group, metric }) as unknown as Alarm

test("an alarm is silenced by where it is and by its metric, a comma in a value and all", () => {
  const drafts = draftsOfAlarm(
    alarm({ service: "shop", "label.reason": "late, lost", version: "8.0.1", host: "a" }, "order.paid"),
  )
  expect(toFault(drafts)).toBeNull()
  expect(toMatchers(drafts)).toEqual([
    { dim: "service", op: "in", values: ["shop"] },
    { dim: "label.reason", op: "in", values: ["late, lost"] },
    { dim: "metric", op: "in", values: ["order.paid"] },
  ])
})

test("values are told apart by commas, each once; one without a value is a fault", () => {
  expect(toMatchers([{ ...emptyDraft("service"), values: " shop, pay ,shop,, " }])[0]?.values).toEqual(["shop", "pay"])
  expect(toFault([emptyDraft("service")])).toContain("at least one value")
  expect(toFault([])).toContain("at least one matcher")
})

test("an address fills the form in", () => {
  expect(toMatchers(draftsOf(new URLSearchParams("new=1&service=shop&rule=x")))).toEqual([
    { dim: "service", op: "in", values: ["shop"] },
    { dim: "rule", op: "in", values: ["x"] },
  ])
})
