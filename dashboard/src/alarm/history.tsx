"use client"
import type { AlarmEvent, Message } from "@ossagent/wire"
import Link from "next/link"
import { SentBadge } from "../outbox/sent.tsx"
import { useOutbox } from "../outbox/use-outbox.ts"
import { Badge, StateBadge, type Tone } from "../piece/badge.tsx"
import { Panel } from "../piece/panel.tsx"
import { When } from "../time/picker.tsx"

/** Every change of state, by whom and why, the newest first. */
export function History({ events }: { events: readonly AlarmEvent[] }) {
  return (
    <Panel aria-label="History">
      <h2 className="px-4 pt-3 font-semibold text-[15px]">History</h2>
      <ol data-testid="history" className="px-4 py-3">
        {events.toReversed().map(({ id, at, to, actor, why }) => (
          <li key={id} className="relative border-line border-l pb-4 pl-4 last:pb-1">
            <span aria-hidden="true" className="absolute top-1.5 -left-1 size-2 rounded-full bg-ink-3" />
            <div className="flex flex-wrap items-center gap-2">
              <StateBadge state={to} />
              <span className="text-ink-3 text-xs">
                <When at={at} /> · {actor}
              </span>
            </div>
            <p className="mt-1 text-[13px] break-words">{why}</p>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

const TONES: Record<Message["state"], Tone> = {
  waiting: "plain",
  queued: "info",
  held: "info",
  merged: "info",
  sending: "info",
  sent: "ok",
  delivered: "ok",
  failed: "bad",
  skipped: "plain",
}

/** Who was told, and who was not and why. A mail that no server took out has reached nobody, and says so. */
export function Told({ alarmId, messages }: { alarmId: string; messages: readonly Message[] }) {
  const { mails } = useOutbox()
  const kept = mails?.find((mail) => mail.alarmId === alarmId && !mail.sentOut)
  return (
    <Panel aria-label="Who was told">
      <h2 className="px-4 pt-3 font-semibold text-[15px]">Who was told</h2>
      {messages.length === 0 && <p className="px-4 pt-1 pb-3 text-[13px] text-ink-3">Nobody yet.</p>}
      <ul data-testid="told" className="divide-y divide-line px-4 pb-1">
        {messages.toReversed().map(({ id, to, channel, state, detail, attempts, createdAt, sentAt }) => (
          <li key={id} className="py-2 text-[13px]">
            <div className="flex flex-wrap items-center gap-2">
              {state === "sent" && kept ? (
                <Link href={`/outbox/${kept.id}`} prefetch={false} title="Open the mail in the outbox">
                  <SentBadge sentOut={false} />
                </Link>
              ) : (
                <Badge tone={TONES[state]}>{state}</Badge>
              )}
              <span className="font-medium break-all">{to}</span>
              <span className="text-ink-3 text-xs">
                {channel} · <When at={sentAt ?? createdAt} />
                {attempts > 1 && ` · ${attempts} tries`}
              </span>
            </div>
            {detail && <p className="mt-0.5 text-ink-2 break-words">{detail}</p>}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
