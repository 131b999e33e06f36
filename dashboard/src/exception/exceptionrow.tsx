"use client"
import type { ExceptionRow as Row } from "@ossagent/wire"
import Link from "next/link"
import { Sparkline } from "../chart/sparkline.tsx"
import { Badge } from "../piece/badge.tsx"
import { When } from "../time/picker.tsx"
import { describeCount, describeNew, exceptionHref } from "./words.ts"

/** One error in a list: what and where, how often, and whether it is new. */
export function ExceptionRow({ row }: { row: Row }) {
  const news = describeNew(row)
  return (
    <li data-testid="exception" data-new={row.isNew} className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <div className="mb-1 flex flex-wrap items-center gap-1.5">
          {news && (
            <Badge tone="bad" icon="warning">
              {news.badge}
            </Badge>
          )}
          <span className="text-ink-3 text-xs break-all">
            {row.service}
            {row.subsystem && `/${row.subsystem}`} {row.versions.slice(0, 3).join(", ")}
            {row.versions.length > 3 && " …"}
          </span>
        </div>
        <Link
          href={exceptionHref(row.service, row.fingerprint)}
          prefetch={false}
          className="font-medium break-words hover:text-accent hover:underline"
        >
          {row.type}
          {row.place && <span className="font-normal text-ink-2"> in {row.place}</span>}
        </Link>
        <p className="mt-0.5 line-clamp-2 text-[13px] text-ink-2 break-words">{row.message || "(no message)"}</p>
      </div>
      <div className="w-full sm:w-40">
        <p className="text-[13px] tabular-nums">{describeCount(row)}</p>
        <Sparkline values={row.counts} color="var(--bad)" />
        <p className="text-ink-3 text-xs">
          last <When at={row.lastSeen} />
        </p>
      </div>
    </li>
  )
}
