"use client"
import type { Release } from "@ossagent/wire"
import Link from "next/link"
import { Badge } from "../piece/badge.tsx"
import { When } from "../time/picker.tsx"
import { Steps } from "./steps.tsx"
import { lookOfState } from "./words.ts"

export function ReleaseRow({ release }: { release: Release }) {
  const [tone, icon, word] = lookOfState(release)
  return (
    <li>
      <Link
        href={`/releases/${release.id}`}
        prefetch={false}
        className="grid gap-x-4 gap-y-1 px-4 py-3 outline-offset-[-2px] hover:bg-sunken sm:grid-cols-[minmax(0,1fr)_auto]"
      >
        <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <Badge tone={tone} icon={icon}>
            {word}
          </Badge>
          <span className="font-medium break-all">
            {release.module} {release.version}
          </span>
          <span className="text-[13px] text-ink-3 break-all">after {release.from}</span>
        </span>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-[13px] text-ink-3 sm:justify-end">
          <Steps release={release} />
          <When at={release.endedAt ?? release.startedAt} />
        </span>
        <span className="text-[13px] text-ink-2 break-words sm:col-span-2">{release.why}</span>
      </Link>
    </li>
  )
}
