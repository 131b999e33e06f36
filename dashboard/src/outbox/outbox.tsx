"use client"
import type { OutboxMail } from "@ossagent/wire"
import Link from "next/link"
import { Button } from "../piece/button.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { formatAgo, formatInstant, formatShort } from "../time/clock.ts"
import { useNow, useZone } from "../time/provider.tsx"
import { SentBadge, SmtpHint } from "./sent.tsx"
import { useOutbox } from "./use-outbox.ts"

/** Every mail about an alarm, as people got it or would have got it. */
export function Outbox() {
  const { mails, error, more, busy, refresh } = useOutbox()
  return (
    <>
      <PageHead
        title="Outbox"
        about={
          <>
            Mails about alarms as people see them, newest first. What became of every message on every channel stands
            under{" "}
            <Link prefetch={false} href="/messages" className="text-accent hover:underline">
              Messages
            </Link>
            .
          </>
        }
      />
      <div className="space-y-4">
        {error && <Failure error={error} onRetry={refresh} />}
        {mails?.some(({ sentOut }) => !sentOut) && <SmtpHint />}
        <Panel aria-label="Mails" className="overflow-hidden">
          {mails === null && !error && <SkeletonRows />}
          {mails?.length === 0 && (
            <Empty icon="mail" title="No mail has been written yet">
              A mail is written when an alarm fires. See{" "}
              <Link prefetch={false} href="/rules" className="text-accent underline">
                the rules
              </Link>{" "}
              for what raises one.
            </Empty>
          )}
          {mails !== null && mails.length > 0 && (
            <ul className="divide-y divide-line">
              {mails.map((mail) => (
                <MailRow key={mail.id} mail={mail} />
              ))}
            </ul>
          )}
        </Panel>
        {more && (
          <div className="flex justify-center">
            <Button onClick={more} disabled={busy}>
              {busy ? "Loading …" : "Show older mails"}
            </Button>
          </div>
        )}
      </div>
    </>
  )
}

function MailRow({ mail }: { mail: OutboxMail }) {
  const { zone } = useZone()
  const now = useNow(10_000)
  return (
    <li
      data-testid="mail"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 focus-within:bg-sunken/60 hover:bg-sunken/60"
    >
      <div className="min-w-0 flex-1 basis-64">
        <Link
          href={`/outbox/${mail.id}`}
          prefetch={false}
          className="block truncate font-medium hover:text-accent hover:underline"
        >
          {mail.subject}
        </Link>
        <p className="truncate text-ink-3 text-xs">to {mail.to.join(", ")}</p>
      </div>
      <SentBadge sentOut={mail.sentOut} />
      {mail.alarmId && (
        <Link
          href={`/alarms/${mail.alarmId}`}
          prefetch={false}
          aria-label={`Alarm of “${mail.subject}”`}
          className="text-[13px] text-accent hover:underline"
        >
          Alarm
        </Link>
      )}
      {now > 0 && (
        <time
          dateTime={new Date(mail.at).toISOString()}
          title={formatInstant(mail.at, zone)}
          className="whitespace-nowrap text-ink-3 text-xs sm:w-52 sm:text-right"
        >
          {formatShort(mail.at, zone)} · {formatAgo(mail.at, now)}
        </time>
      )}
    </li>
  )
}
