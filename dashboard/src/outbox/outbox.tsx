"use client"
import type { OutboxMail } from "@ossagent/wire"
import { useState } from "react"
import useSWR from "swr"
import { Button } from "../piece/button.tsx"
import { Icon } from "../piece/icon.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { When } from "../time/picker.tsx"
import { useQuery } from "../time/provider.tsx"
import { MailDialog } from "./maildialog.tsx"
import { SentBadge } from "./sentbadge.tsx"

interface Page {
  mails: OutboxMail[]
  nextBefore: string | null
}

/** Every mail about alarms, sent out or kept. */
export function Outbox() {
  const [query, change] = useQuery()
  const before = query.get("before")
  const [open, setOpen] = useState<string | null>(null)
  const { data, error, mutate } = useSWR<Page, Error>(
    `/api/alerting/outbox?limit=50${before ? `&before=${encodeURIComponent(before)}` : ""}`,
    (path: string) => call<Page>(path),
    { refreshInterval: 5_000, keepPreviousData: true },
  )
  const kept = data?.mails.some(({ sentOut }) => !sentOut) ?? false
  return (
    <>
      <PageHead title="Outbox" about="What was mailed about alarms" />
      {error && <Failure error={error} onRetry={() => void mutate()} />}
      {kept && <NotSentOut />}
      <Panel className="overflow-hidden">
        {!data && !error && <SkeletonRows />}
        {data?.mails.length === 0 && (
          <Empty icon="mail" title="No mail yet">
            When an alarm fires, the mail that tells of it is here, whether or not a mail server is configured.
          </Empty>
        )}
        <ul data-testid="outbox" className="divide-y divide-line">
          {data?.mails.map((mail) => (
            <li key={mail.id}>
              <button
                type="button"
                data-testid="mail"
                onClick={() => setOpen(mail.id)}
                className="flex w-full flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-left outline-offset-[-2px] hover:bg-sunken/60"
              >
                <span className="min-w-0 flex-1 basis-64 truncate font-medium">{mail.subject}</span>
                <span className="truncate text-[13px] text-ink-2">{mail.to.join(", ")}</span>
                <SentBadge sentOut={mail.sentOut} />
                <span className="text-ink-3 text-xs">
                  <When at={mail.at} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      </Panel>
      {(data?.nextBefore ?? before) && (
        <div className="mt-3 flex gap-2">
          {before && <Button onClick={() => change({ before: null })}>Newest</Button>}
          {data?.nextBefore && <Button onClick={() => change({ before: data.nextBefore }, true)}>Older</Button>}
        </div>
      )}
      {open && <MailDialog id={open} onClose={() => setOpen(null)} />}
    </>
  )
}

const NotSentOut = () => (
  <div data-testid="no-smtp" className="mb-4 flex gap-2.5 rounded-lg bg-warn-soft px-4 py-3 text-[13px] text-warn">
    <Icon name="warning" className="mt-0.5" />
    <div>
      <p className="font-medium">Some mails were not sent out: no SMTP server configured</p>
      <p className="mt-0.5">
        They are kept here. To have alarms mailed, set{" "}
        <code className="font-mono">OSSAGENT_SMTP_URL=smtp://user:password@mail.example.com:587</code> and{" "}
        <code className="font-mono">OSSAGENT_ALARM_EMAILS=oncall@example.com</code>, then start OssAgent again.
      </p>
    </div>
  </div>
)
