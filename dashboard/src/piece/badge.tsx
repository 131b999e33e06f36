import type { AlarmState, Severity } from "@ossagent/wire"
import type { ReactNode } from "react"
import { Icon, type IconName } from "./icon.tsx"

const TONES = {
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  info: "bg-info-soft text-info",
  plain: "bg-sunken text-ink-2",
} as const
export type Tone = keyof typeof TONES

/** A state in a word, with an icon: never by colour alone. */
export function Badge({ tone = "plain", icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded px-1.5 py-0.5 font-medium text-xs whitespace-nowrap ${TONES[tone]}`}
    >
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  )
}

const SEVERITY: Record<Severity, [Tone, IconName]> = {
  critical: ["bad", "critical"],
  warning: ["warn", "warning"],
  info: ["info", "info"],
}

export function SeverityBadge({ severity }: { severity: Severity }) {
  const [tone, icon] = SEVERITY[severity]
  return (
    <Badge tone={tone} icon={icon}>
      {severity}
    </Badge>
  )
}

const STATE: Record<AlarmState, [Tone, IconName]> = {
  pending: ["plain", "clock"],
  firing: ["bad", "bell"],
  acknowledged: ["warn", "check"],
  flapping: ["warn", "bell"],
  resolved: ["ok", "check"],
}

export function StateBadge({ state }: { state: AlarmState }) {
  const [tone, icon] = STATE[state]
  return (
    <Badge tone={tone} icon={icon}>
      {state}
    </Badge>
  )
}
