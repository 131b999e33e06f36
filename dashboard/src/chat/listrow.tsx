"use client"
import type { MouseEvent } from "react"
import { Icon } from "../piece/icon.tsx"
import { formatDay, formatMinute } from "../time/clock.ts"
import { useNow, useZone } from "../time/provider.tsx"
import { Avatar } from "./avatar.tsx"
import type { Row } from "./rows.ts"
import { chatHref } from "./use-place.ts"

export function ListRow({ row, on, onChoose }: { row: Row; on: boolean; onChoose: (event: MouseEvent) => void }) {
  const { chat, name, preview, at, unread, state } = row
  return (
    <li>
      <a
        href={chatHref(chat, name)}
        onClick={onChoose}
        aria-current={on ? "true" : undefined}
        data-testid="row"
        className={`flex items-center gap-3 rounded-lg px-2.5 py-2 ${on ? "bg-accent-soft" : "hover:bg-sunken"}`}
      >
        <Avatar chat={chat} name={name} />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className={`min-w-0 flex-1 truncate ${unread > 0 ? "font-semibold" : "font-medium"}`}>{name}</span>
            {at > 0 && <At at={at} />}
          </span>
          <span className="flex items-center gap-1.5">
            {state === "sending" && <Icon name="clock" size={12} className="text-ink-3" />}
            {state === "failed" && <Icon name="critical" size={12} className="text-bad" />}
            <span className={`min-w-0 flex-1 truncate text-[13px] ${unread > 0 ? "text-ink" : "text-ink-3"}`}>
              {state === "failed" && <span className="sr-only">Not sent. </span>}
              {preview || "Nothing was said yet"}
            </span>
            {unread > 0 && (
              <span
                data-testid="unread"
                className="rounded-full bg-accent px-1.5 font-semibold text-[11px] text-accent-ink leading-4.5"
              >
                {unread >= 1_000 ? "999+" : unread}
                <span className="sr-only"> unread</span>
              </span>
            )}
          </span>
        </span>
      </a>
    </li>
  )
}

/** The time of today, else the day. */
function At({ at }: { at: number }) {
  const { zone } = useZone()
  const now = useNow(60_000)
  if (now === 0) return null
  const day = formatDay(at, now, zone)
  const [first = "", ...rest] = day.split(" ")
  const text = day === "Today" ? formatMinute(at, zone) : rest.length > 0 ? rest.join(" ") : first
  return (
    <time dateTime={new Date(at).toISOString()} className="shrink-0 text-[11px] text-ink-3">
      {text}
    </time>
  )
}
