"use client"
import type { OutboxMail } from "@ossagent/wire"
import Link from "next/link"
import { useState } from "react"
import useSWR from "swr"
import { Dialog } from "../piece/dialog.tsx"
import { Segments } from "../piece/field.tsx"
import { Failure, Skeleton } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { When } from "../time/picker.tsx"
import { SentBadge } from "./sentbadge.tsx"

type Mail = OutboxMail & { html: string; text: string }

const FORMS = [
  { value: "html", label: "Mail" },
  { value: "text", label: "Plain text" },
] as const

/** One mail as its reader sees it, in a frame that may run and load nothing. */
export function MailDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [form, setForm] = useState<"html" | "text">("html")
  const { data, error } = useSWR<{ mail: Mail }, Error>(`/api/alerting/outbox/${id}`, (path: string) =>
    call<{ mail: Mail }>(path),
  )
  const mail = data?.mail
  return (
    <Dialog title={mail?.subject ?? "Mail"} onClose={onClose} wide>
      {error && <Failure error={error} />}
      {!mail && !error && <Skeleton className="h-64" />}
      {mail && (
        <div className="space-y-3">
          <div className="flex flex-wrap items-center justify-between gap-3 text-[13px]">
            <p className="min-w-0 text-ink-2 break-words">
              From {mail.from} to {mail.to.join(", ")}, <When at={mail.at} />
            </p>
            <div className="flex items-center gap-2">
              <SentBadge sentOut={mail.sentOut} />
              <Segments label="Form" choices={FORMS} value={form} onChange={setForm} />
            </div>
          </div>
          {form === "html" && mail.html ? (
            <iframe
              title="The mail"
              sandbox=""
              srcDoc={mail.html}
              className="h-[60dvh] w-full rounded-md border border-line bg-white"
            />
          ) : (
            <pre className="max-h-[60dvh] overflow-auto rounded-md bg-sunken p-4 font-mono text-xs whitespace-pre-wrap">
              {mail.text}
            </pre>
          )}
          {mail.alarmId && (
            <Link href={`/alarms/${mail.alarmId}`} className="text-[13px] text-accent hover:underline">
              Open the alarm
            </Link>
          )}
        </div>
      )}
    </Dialog>
  )
}
