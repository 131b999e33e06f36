"use client"
import type { MessageState } from "@ossagent/wire"
import Link from "next/link"
import { useDocuments } from "../document/use-documents.ts"
import { incidentHref } from "../incident/words.ts"
import { Button } from "../piece/button.tsx"
import { Choice } from "../piece/field.tsx"
import { Icon } from "../piece/icon.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useQuery } from "../time/provider.tsx"
import { MessageRow, useKept } from "./messagerow.tsx"
import { useMessages } from "./use-messages.ts"
import { CHANNEL_NAMES, STATES } from "./words.ts"

const FILTERS = ["state", "channel", "contact", "incident"] as const

/** Every message: what became of it and why; filters in the address. */
export function Messages() {
  const [query, change] = useQuery()
  const filter = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""]))
  const { messages, error, more, busy, refresh } = useMessages(filter)
  const keptOf = useKept()
  const isFiltered = FILTERS.some((name) => filter[name] !== "")
  return (
    <>
      <PageHead
        title="Messages"
        about={
          <>
            What was sent to whom, what became of it and why; newest first. Mails that stayed here are in the{" "}
            <Link prefetch={false} href="/outbox" className="text-accent hover:underline">
              outbox
            </Link>
            .
          </>
        }
      >
        <Filters filter={filter} onChange={(name, value) => change({ [name]: value || null })} />
      </PageHead>
      <div className="space-y-3">
        {filter.incident && (
          <button
            type="button"
            onClick={() => change({ incident: null })}
            aria-label={`Remove the filter incident ${filter.incident}`}
            className="inline-flex items-center gap-1 rounded bg-accent-soft px-1.5 py-0.5 text-[13px] text-accent"
          >
            incident {filter.incident} <Icon name="close" size={12} />
          </button>
        )}
        {error && <Failure error={error} onRetry={refresh} />}
        <Panel aria-label="Messages" className="overflow-hidden">
          {messages === null && !error && <SkeletonRows />}
          {messages?.length === 0 && <NoMessages isFiltered={isFiltered} />}
          <ul data-testid="messages" className="divide-y divide-line">
            {messages?.map((message) => (
              <MessageRow key={message.id} message={message} kept={keptOf(message)}>
                {message.incidentId && (
                  <Link
                    href={incidentHref(message.incidentId)}
                    prefetch={false}
                    className="ml-auto text-accent text-xs hover:underline"
                  >
                    incident {message.incidentId}
                  </Link>
                )}
              </MessageRow>
            ))}
          </ul>
        </Panel>
        {more && (
          <div className="flex justify-center">
            <Button onClick={more} disabled={busy}>
              {busy ? "Loading …" : "Show older messages"}
            </Button>
          </div>
        )}
      </div>
    </>
  )
}

interface FiltersProps {
  filter: Record<string, string>
  onChange: (name: (typeof FILTERS)[number], value: string) => void
}

function Filters({ filter, onChange }: FiltersProps) {
  const { items } = useDocuments("contact")
  return (
    <>
      <Choice
        name="State"
        all="Every state"
        value={filter.state ?? ""}
        values={Object.keys(STATES) as MessageState[]}
        onChange={(value) => onChange("state", value)}
      />
      <Choice
        name="Channel"
        all="Every channel"
        value={filter.channel ?? ""}
        values={Object.entries(CHANNEL_NAMES).map(([value, label]) => ({ value, label }))}
        onChange={(value) => onChange("channel", value)}
      />
      <Choice
        name="Contact"
        all="Everybody"
        value={filter.contact ?? ""}
        values={(items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(value) => onChange("contact", value)}
      />
    </>
  )
}

function NoMessages({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <Empty icon="table" title="No such message">
        Choose every state, channel and person.
      </Empty>
    )
  return (
    <Empty icon="table" title="No message has been written yet">
      One is written to everybody whom an incident concerns, and when you test a{" "}
      <Link prefetch={false} href="/channels" className="text-accent underline">
        channel
      </Link>
      .
    </Empty>
  )
}
