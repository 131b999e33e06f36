"use client"
import Link from "next/link"
import type { ReactNode } from "react"
import { Segments } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Panel, Skeleton } from "../piece/panel.tsx"
import { AskError } from "../question/ask.ts"
import { formatInstant } from "../time/clock.ts"
import { useNow, useQuery, useZone } from "../time/provider.tsx"
import { SentBadge, SmtpHint } from "./sent.tsx"
import { useMail, type WholeMail } from "./use-outbox.ts"

const VIEWS = [
  { value: "html", label: "As seen" },
  { value: "text", label: "Text" },
] as const

/** One mail: its head, and its body as a mail program shows it or as plain text. */
export function Mail({ id }: { id: string }) {
  const { mail, error, refresh } = useMail(id)
  const [query, change] = useQuery()
  const view = query.get("view") === "text" ? "text" : "html"
  const gone = error instanceof AskError && error.status === 404
  return (
    <>
      <nav aria-label="Path" className="mb-2 text-[13px]">
        <Link prefetch={false} href="/outbox" className="text-accent hover:underline">
          Outbox
        </Link>
      </nav>
      <PageHead title={mail?.subject ?? "Mail"}>
        <Segments
          label="View"
          choices={VIEWS}
          value={view}
          onChange={(value) => change({ view: value === "text" ? value : null })}
        />
      </PageHead>
      <div className="space-y-4">
        {error && !gone && <Failure error={error} onRetry={refresh} />}
        {gone && (
          <Empty icon="mail" title="There is no such mail">
            Old mails are removed after a while. Go back to{" "}
            <Link prefetch={false} href="/outbox" className="text-accent underline">
              the outbox
            </Link>
            .
          </Empty>
        )}
        {!mail && !error && <Waiting />}
        {mail && !mail.sentOut && <SmtpHint />}
        {mail && <Head mail={mail} />}
        {mail && (view === "html" ? <Html mail={mail} /> : <Text mail={mail} />)}
      </div>
    </>
  )
}

function Head({ mail }: { mail: WholeMail }) {
  const { zone } = useZone()
  const now = useNow(60_000)
  return (
    <Panel aria-label="Head of the mail" className="p-4">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-[13px]">
        <Line name="From">{mail.from}</Line>
        <Line name="To">{mail.to.join(", ")}</Line>
        <Line name="Time">{now > 0 && formatInstant(mail.at, zone)}</Line>
        <Line name="State">
          <SentBadge sentOut={mail.sentOut} />
        </Line>
        {mail.alarmId && (
          <Line name="Alarm">
            <Link prefetch={false} href={`/alarms/${mail.alarmId}`} className="text-accent hover:underline">
              Open the alarm
            </Link>
          </Line>
        )}
      </dl>
    </Panel>
  )
}

const Line = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{name}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </>
)

/** No scripts, no origin: what a mail may do is open its links in a new tab. */
const Html = ({ mail }: { mail: WholeMail }) => (
  <iframe
    title="Mail as seen"
    data-testid="mail-html"
    sandbox="allow-popups allow-popups-to-escape-sandbox"
    srcDoc={withBlankTargets(mail.html)}
    className="h-[70dvh] min-h-96 w-full rounded-lg border border-line bg-white"
    style={{ colorScheme: "light" }}
  />
)

/** After the doctype, or the browser would lay the mail out as of 1998. */
function withBlankTargets(html: string): string {
  const base = '<base target="_blank">'
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + base) : base + html
}

const Text = ({ mail }: { mail: WholeMail }) => (
  <Panel aria-label="Mail as text">
    <pre data-testid="mail-text" className="whitespace-pre-wrap break-words p-4 font-mono text-[13px]">
      {mail.text}
    </pre>
  </Panel>
)

const Waiting = () => (
  <div role="status" aria-label="Loading" className="space-y-4">
    <Skeleton className="h-32 rounded-lg" />
    <Skeleton className="h-96 rounded-lg" />
  </div>
)
