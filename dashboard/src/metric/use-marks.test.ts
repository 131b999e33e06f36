import type { Alarm } from "@ossagent/wire"
import { expect, test } from "vitest"
import { toMarks } from "./use-marks.ts"

const alarm = (at: number, group: Record<string, string>, more: Partial<Alarm> = {}): Alarm =>
  ({ firedAt: at, startedAt: at, severity: "warning", state: "firing", group, ...more }) as unknown as Alarm

test("alarms that the filters let through mark the chart, pending ones do not", () => {
  const alarms = [
    alarm(1, { service: "shop", version: "1" }),
    alarm(2, { service: "shop" }),
    alarm(3, { service: "other" }),
    alarm(4, { service: "shop" }, { state: "pending" }),
  ]
  const filters = [
    { dim: "service" as const, op: "in" as const, values: ["shop"] },
    { dim: "version" as const, op: "notIn" as const, values: ["1"] },
  ]
  expect(toMarks(alarms, filters).map(({ at }) => at)).toEqual([2])
  expect(toMarks(alarms, []).map(({ at }) => at)).toEqual([1, 2, 3])
})
