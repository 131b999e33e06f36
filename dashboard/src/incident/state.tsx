import type { Incident } from "@ossagent/wire"
import { Badge, SeverityBadge, StateBadge } from "../piece/badge.tsx"

/** What an incident is like, in badges. */
export function IncidentState({ incident }: { incident: Incident }) {
  return (
    <>
      <SeverityBadge severity={incident.severity} />
      <StateBadge state={incident.state} />
      {incident.flapping && (
        <Badge tone="warn" icon="bell">
          flapping
        </Badge>
      )}
      {incident.quiet !== null && <Badge icon="mute">quiet</Badge>}
    </>
  )
}
