/** Answers before anything has happened: who would be told, and who is on call. */
import type { ChannelKind, OnCallNow, WhoAnswer, WhoQuestion } from "@ossagent/wire"
import { findQuiet, toReasons } from "../incident/quiet.ts"
import { toReach } from "../incident/recipients.ts"
import type { Facts } from "./matcher.ts"
import { findTurns } from "./rotation.ts"
import { findPaths } from "./route.ts"
import type { World } from "./world.ts"

export function toWho(question: WhoQuestion, world: World, builtIn: ReadonlySet<ChannelKind>, now: number): WhoAnswer {
  const { group, metric, rule, severity } = question
  const facts: Facts = { group, metric, rule, severity, detection: "threshold", owner: "" }
  const paths = world.root ? findPaths(world.root, facts) : []
  const quiet = findQuiet({ ...facts, id: "", title: "", silencedBy: null }, toReasons(world, [], now))
  const policies = [...new Set(paths.map((path) => path.at(-1)?.policyId ?? ""))]
  const steps = policies.flatMap((id) => {
    const policy = world.policy.get(id)
    let afterMin = 0
    return (policy?.steps ?? []).map((step) => {
      afterMin += step.afterMin
      const at = now + afterMin * 60_000
      const allAtOnce = group.service === "im"
      const { recipients, unreached } = toReach({ targets: step.targets, severity, world, builtIn, allAtOnce, now: at })
      const people = recipients.map(({ contactName, channel, channelName, address, afterSec, why }) => {
        return { contactName, channel, channelName, to: address, afterSec, why }
      })
      return { policyName: policy?.name ?? "", afterMin, people, unreached }
    })
  })
  return { routes: paths.map((path) => path.map(({ name }) => name)), quiet: quiet?.why ?? null, steps }
}

export function toOnCallNow(world: World, now: number): OnCallNow[] {
  const nameOf = (id: string): string => world.contact.get(id)?.name ?? id
  return [...world.schedule.values()].map((schedule) => {
    const { now: turn, next } = findTurns(schedule, now)
    return {
      scheduleId: schedule.id,
      scheduleName: schedule.name,
      contactId: turn?.contactId ?? null,
      contactName: turn ? nameOf(turn.contactId) : null,
      until: turn?.until ?? null,
      next: next ? { contactId: next.contactId, contactName: nameOf(next.contactId), from: next.from } : null,
    }
  })
}
