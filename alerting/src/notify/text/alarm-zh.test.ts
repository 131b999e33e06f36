import type { Alarm } from "@ossagent/wire"
import { expect, test } from "vitest"
import { sayAlarm, sayIncident } from "./alarm-zh.ts"
import { toSample } from "./sample.ts"

const [sample] = toSample("firing", "email", "zh").alarms
const alarm = (more: Partial<Alarm>): Alarm => ({
  ...(sample as Alarm),
  ...{ group: { service: "shop", subsystem: "pay" }, metric: "order.failed", stat: "rate", unit: "" },
  ...{ value: 41, expected: 5, lower: 3, upper: 6, startedAt: 0, ...more },
})

test("every kind of alarm is said in Chinese from its figures", () => {
  const say = (more: Partial<Alarm>) => sayAlarm(alarm(more), 90_000).title
  expect(say({ detection: "history" })).toBe("shop/pay：order.failed rate 为 41 /s，高于历史同期（3 /s 至 6 /s）")
  expect(say({ detection: "threshold", lower: null, upper: 10 })).toBe(
    "shop/pay：order.failed rate 为 41 /s，高于 10 /s",
  )
  expect(say({ detection: "threshold", lower: 50, upper: null })).toBe(
    "shop/pay：order.failed rate 为 41 /s，低于 50 /s",
  )
  expect(say({ detection: "change", expected: 82 })).toBe(
    "shop/pay：order.failed rate 为 41 /s，此前同一时段为 82 /s（减少 50 %）",
  )
  expect(say({ detection: "absence", metric: "" })).toBe("shop/pay：已 90 秒没有任何上报")
  expect(say({ detection: "absence", metric: "", group: {} })).toBe("全部：采集器无应答已 90 秒，无法监视")
  expect(say({ detection: "versions" })).toContain("上一版本为 5 /s")
})

test("an incident names its culprit and how much more there is", () => {
  const culprit = {
    dim: "version",
    values: ["8.0.2"],
    explains: 0.94,
    surprise: 0.5,
    text: "version 8.0.2 explains 94 % of the rise",
  }
  expect(sayIncident(alarm({ detection: "history" }), culprit, 3, 0)).toBe(
    "shop/pay：order.failed rate 为 41 /s，高于历史同期（3 /s 至 6 /s）；版本 8.0.2 占变化的 94 %（另有 2 条告警）",
  )
})
