"use client"
import type { Message, OutboxMail } from "@ossagent/wire"
import Link from "next/link"
import type { ReactNode } from "react"
import { SentBadge } from "../outbox/sent.tsx"
import { useOutbox } from "../outbox/use-outbox.ts"
import { Badge } from "../piece/badge.tsx"
import { When } from "../time/picker.tsx"
import { describeReceiver, KIND_NAMES, STATES } from "./words.ts"

/** Finds the mail that stayed here because no mail server took it out. */
export function useKept(): (message: Message) => OutboxMail | undefined {
  const { mails } = useOutbox()
  return ({ channel, state, alarmId, to }) =>
    channel === "email" && state === "sent" && alarmId !== null
      ? mails?.find((mail) => mail.alarmId === alarmId && !mail.sentOut && mail.to.includes(to))
      : undefined
}

interface MessageRowProps {
  message: Message
  kept: OutboxMail | undefined
  /** What stands beside it, such as a link to the incident. */
  children?: ReactNode
}

/** One message: what became of it, to whom, on which channel, when, and why. */
export function MessageRow({ message, kept, children }: MessageRowProps) {
  const { state, detail, attempts, createdAt, dueAt, sentAt, deliveredAt, kind } = message
  const { tone, meaning } = STATES[state]
  return (
    <li data-testid="message" data-state={state} className="px-4 py-2 text-[13px]">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {kept ? (
          <Link href={`/outbox/${kept.id}`} prefetch={false} title="Open the mail in the outbox">
            <SentBadge sentOut={false} />
          </Link>
        ) : (
          <span title={meaning}>
            <Badge tone={tone}>{state}</Badge>
          </span>
        )}
        <span className="min-w-0 font-medium break-words">{describeReceiver(message)}</span>
        <span className="text-ink-3 text-xs">{KIND_NAMES[kind]}</span>
        {children}
      </div>
      <p className="mt-0.5 text-ink-2 break-words">
        {kept ? "kept here only: no mail server is set" : detail || meaning}
      </p>
      <p className="text-ink-3 text-xs">
        asked for <When at={createdAt} />
        {state === "waiting" && dueAt !== null && (
          <>
            {" · goes out "}
            <When at={dueAt} />
          </>
        )}
        {sentAt !== null && (
          <>
            {" · sent "}
            <When at={sentAt} />
          </>
        )}
        {deliveredAt !== null && (
          <>
            {" · delivered "}
            <When at={deliveredAt} />
          </>
        )}
        {attempts > 1 && ` · ${attempts} tries`}
      </p>
    </li>
  )
}
