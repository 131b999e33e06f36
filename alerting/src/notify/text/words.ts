/** Words and forms of the two languages that are no part of a template. */
import type { Language, MessageKind, Severity } from "@ossagent/wire"
import { formatSeconds } from "../../picture/units.ts"

interface Words {
  severity: Record<Severity, string>
  kind: Record<MessageKind, string>
  facts: Record<"severity" | "rule" | "metric" | "value" | "expected" | "threshold", string>
  dims: Record<string, string>
  to: string
  open: string
  chart: string
}

export const WORDS: Record<Language, Words> = {
  en: {
    severity: { critical: "critical", warning: "warning", info: "info" },
    kind: {
      firing: "firing",
      escalated: "escalated",
      repeated: "still firing",
      resolved: "resolved",
      digest: "digest",
      "silence-ends": "silence ends",
      "silent-alerting": "alerting is silent",
      test: "test",
    },
    facts: {
      severity: "Severity",
      rule: "Rule",
      metric: "Metric",
      value: "Value",
      expected: "Expected",
      threshold: "Threshold",
    },
    dims: {},
    to: "to",
    open: "Open",
    chart: "The series around the alarm",
  },
  zh: {
    severity: { critical: "严重", warning: "警告", info: "提示" },
    kind: {
      firing: "告警",
      escalated: "升级",
      repeated: "仍在告警",
      resolved: "恢复",
      digest: "汇总",
      "silence-ends": "静默将止",
      "silent-alerting": "告警系统失声",
      test: "测试",
    },
    facts: { severity: "级别", rule: "规则", metric: "指标", value: "当前值", expected: "预期", threshold: "阈值" },
    dims: { service: "服务", subsystem: "子系统", version: "版本", host: "主机", region: "地区" },
    to: "至",
    open: "打开",
    chart: "告警前后的曲线",
  },
}

/** `2026-11-25 09:30:00 UTC`, in the zone that is given; one that is unknown here counts as UTC. */
export function formatTime(at: number, timeZone: string): string {
  const { format, label } = formatter(timeZone)
  return `${format.format(at).replace(",", "")} ${label(at)}`
}

interface Formatter {
  format: Intl.DateTimeFormat
  label: (at: number) => string
}

const MOST_ZONES = 200
const formatters = new Map<string, Formatter>()

function formatter(timeZone: string): Formatter {
  const known = formatters.get(timeZone)
  if (known) return known
  if (formatters.size >= MOST_ZONES) formatters.clear()
  const made = makeFormatter(timeZone) ?? (makeFormatter("UTC") as Formatter)
  formatters.set(timeZone, made)
  return made
}

function makeFormatter(timeZone: string): Formatter | null {
  try {
    // Swedish writes 2026-11-25 09:30:00
    const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" })
    const zone = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "short" })
    const label = (at: number): string =>
      zone.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? timeZone
    return { format, label }
  } catch {
    return null
  }
}

/** `34 s`, `12 min`, `3.5 h`; in Chinese `34 秒`, `12 分钟`, `3.5 小时`. */
export function formatLength(seconds: number, language: Language): string {
  const text = formatSeconds(Math.max(0, seconds))
  if (language === "en") return text
  return text.replace(/ (s|min|h|days)$/, (_, unit: "s" | "min" | "h" | "days") => ` ${ZH_UNITS[unit]}`)
}

const ZH_UNITS = { s: "秒", min: "分钟", h: "小时", days: "天" } as const
