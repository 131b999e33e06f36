/** An alarm's first line and reason in Chinese, from its figures: the words that the watchers wrote are English. */
import type { Alarm, Culprit } from "@ossagent/wire"
import { formatValue } from "../../picture/units.ts"
import { toPlace } from "../../watch/place.ts"
import { formatLength } from "./words.ts"

export interface Said {
  title: string
  why: string
}

/** @param now Unix ms, for how long it has been so */
export function sayAlarm(alarm: Alarm, now: number): Said {
  const place = Object.keys(alarm.group).length === 0 ? "全部" : toPlace(alarm.group)
  return { title: `${place}：${sayWhat(alarm, now)}`, why: sayWhy(alarm) }
}

function sayWhat(alarm: Alarm, now: number): string {
  const { detection, metric, stat, value, expected, lower, upper } = alarm
  const figure = (v: number | null) => formatValue(v, alarm.unit, stat)
  if (detection === "absence") return sayAbsence(alarm, now)
  if (detection === "exception") return `新异常：${alarm.title}`
  if (detection === "release") return `灰度发布已回滚：${alarm.title}`
  const is = `${metric} ${stat} 为 ${figure(value)}`
  if (detection === "history")
    return `${is}，${(value ?? 0) > (expected ?? 0) ? "高于" : "低于"}历史同期（${figure(lower)} 至 ${figure(upper)}）`
  if (detection === "change") return `${is}，此前同一时段为 ${figure(expected)}（${sayChange(value, expected)}）`
  if (detection === "versions") return `${is}，上一版本为 ${figure(expected)}`
  if (detection === "burn")
    return `${metric} 的错误率为 ${figure(value)}，承诺不超过 ${figure(expected)}，错误预算消耗过快`
  return upper === null ? `${is}，低于 ${figure(lower)}` : `${is}，高于 ${figure(upper)}`
}

const sayAbsence = ({ metric, group, startedAt }: Alarm, now: number): string => {
  const since = formatLength((now - startedAt) / 1_000, "zh")
  if (Object.keys(group).length === 0) return `采集器无应答已 ${since}，无法监视`
  return metric === "" ? `已 ${since}没有任何上报` : `已 ${since}没有 ${metric}`
}

function sayChange(value: number | null, before: number | null): string {
  if (value === null || before === null || before === 0) return "无法比较"
  const share = Math.round(((value - before) / Math.abs(before)) * 100)
  return share < 0 ? `减少 ${-share} %` : `增加 ${share} %`
}

function sayWhy({ ruleName, severity, score }: Alarm): string {
  const grave = { critical: "严重", warning: "警告", info: "提示" }[severity]
  return `规则“${ruleName}”（${grave}），偏离程度 ${Number(score.toPrecision(3))}`
}

const DIMS: Record<string, string> = { version: "版本", subsystem: "子系统", service: "服务", host: "主机" }

/** "版本 8.0.2 占变化的 94 %" */
export const sayCulprit = ({ dim, values, explains }: Culprit): string =>
  `${DIMS[dim] ?? dim.replace(/^label\./, "")} ${values.join("、")} 占变化的 ${Math.round(explains * 100)} %`

/** The first line of an incident: its suspect, the culprit, how much more there is. */
export function sayIncident(suspect: Alarm, culprit: Culprit | null, alarms: number, now: number): string {
  const more = alarms > 1 ? `（另有 ${alarms - 1} 条告警）` : ""
  return `${sayAlarm(suspect, now).title}${culprit ? `；${sayCulprit(culprit)}` : ""}${more}`
}
