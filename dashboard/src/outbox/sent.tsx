import { Badge } from "../piece/badge.tsx"
import { Icon } from "../piece/icon.tsx"

export const SentBadge = ({ sentOut }: { sentOut: boolean }) =>
  sentOut ? (
    <Badge tone="ok" icon="check">
      sent
    </Badge>
  ) : (
    <Badge tone="warn" icon="warning">
      not sent out
    </Badge>
  )

/** Why a mail stayed here, and what to set so that the next ones go out. */
export const SmtpHint = () => (
  <p data-testid="smtp-hint" className="flex items-start gap-2 rounded-lg bg-warn-soft px-3 py-2 text-[13px] text-warn">
    <Icon name="warning" className="mt-0.5" />
    <span className="min-w-0 break-words">
      Mails marked “not sent out” were kept here only, for no mail server is configured. To send them to people, set{" "}
      <code className="font-mono">OSSAGENT_SMTP_URL</code> to your server, such as{" "}
      <code className="font-mono">smtp://user:password@mail.example.com:587</code>, and start OssAgent again.
    </span>
  </p>
)
