import type { Alarm } from "@ossagent/wire"
import { Badge } from "../piece/badge.tsx"

/** Why nobody is told of an alarm. */
export function QuietBadges({ alarm: { silencedBy, inhibitedBy, maintenanceBy } }: { alarm: Alarm }) {
  return (
    <>
      {silencedBy && <Badge icon="mute">silenced</Badge>}
      {inhibitedBy && <Badge icon="mute">caused by alarm {inhibitedBy}</Badge>}
      {maintenanceBy && <Badge icon="clock">maintenance</Badge>}
    </>
  )
}
