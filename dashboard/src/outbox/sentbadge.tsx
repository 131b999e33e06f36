import { Badge } from "../piece/badge.tsx"

export const SentBadge = ({ sentOut }: { sentOut: boolean }) =>
  sentOut ? (
    <Badge tone="ok" icon="check">
      sent out
    </Badge>
  ) : (
    <Badge tone="warn" icon="warning">
      not sent out
    </Badge>
  )
