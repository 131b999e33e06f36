"use client"
import type { ClassThrottle, SuspectVersion } from "@ossagent/wire"
import { useState } from "react"
import { Badge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Field, Input, Select } from "../piece/field.tsx"
import { useMay } from "../shell/person.tsx"
import { formatShort, formatSpan } from "../time/clock.ts"
import { useNow, useZone } from "../time/provider.tsx"
import { FormDialog, Section, SettingLine } from "./section.tsx"
import { useGuard, useGuardActs } from "./use-guard.ts"
import { describeSuspect } from "./words.ts"

const LENGTHS: [name: string, minutes: number][] = [
  ["15 minutes", 15],
  ["1 hour", 60],
  ["4 hours", 240],
  ["1 day", 1_440],
]

/** Whole versions that are kept off the network, and those that look as if they should be. */
export function ClassSection({ suspects }: { suspects: readonly SuspectVersion[] }) {
  const may = useMay("operator")
  const { data, error, refresh } = useGuard<{ classes: ClassThrottle[] }>("classes")
  const { attempt } = useGuardActs()
  const { zone } = useZone()
  const now = useNow(1_000)
  const [open, setOpen] = useState<string | null>(null)
  const classes = data?.classes ?? null
  const open_ = suspects.filter(({ version }) => !classes?.some((one) => one.version === version))
  return (
    <>
      <Section
        title="Versions"
        about="A version whose clients steal because of a fault in it is kept off the network as a whole"
        add={may ? { label: "Throttle a version", onAdd: () => setOpen("") } : null}
        {...{ error, onRetry: refresh, count: classes && classes.length + open_.length }}
        none="No version is throttled, and none stands out."
      >
        {open_.map((suspect) => (
          <li key={suspect.version} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
            <div className="min-w-0 flex-1 basis-64">
              <p className="font-medium">
                {suspect.version} <Badge tone="bad">stands out</Badge>
              </p>
              <p className="text-[13px] text-ink-2">{describeSuspect(suspect)}</p>
            </div>
            {may && <Button onClick={() => setOpen(suspect.version)}>Throttle it</Button>}
          </li>
        ))}
        {classes?.map(({ version, why, by, from, until }) => (
          <SettingLine
            key={version}
            testId="class"
            head={
              <>
                {version} <Badge tone="warn">kept off, {now > 0 ? `${formatSpan(until - now)} left` : ""}</Badge>
              </>
            }
            why={why}
            about={`by ${by}, ${formatShort(from, zone)}`}
            end={
              may
                ? {
                    label: "Let in",
                    name: `Let version ${version} in`,
                    onEnd: () =>
                      void attempt(`Version ${version} may come back.`, {
                        method: "DELETE",
                        path: `classes/${encodeURIComponent(version)}`,
                      }),
                  }
                : null
            }
          />
        ))}
      </Section>
      {open !== null && <ClassDialog start={open} onClose={() => setOpen(null)} />}
    </>
  )
}

function ClassDialog({ start, onClose }: { start: string; onClose: () => void }) {
  const { change } = useGuardActs()
  const [version, setVersion] = useState(start)
  const [minutes, setMinutes] = useState("60")
  const [why, setWhy] = useState("")
  const save = (): Promise<void> =>
    change({ method: "POST", path: "classes", body: { version, minutes: Number(minutes), why } })
  return (
    <FormDialog title="Throttle a version" action="Throttle" onSave={save} onClose={onClose}>
      <p className="text-[13px] text-ink-2">
        All clients of this version are told to stay off the network, and refused until the time is over or somebody
        lets them in. Allowed users are not touched.
      </p>
      <Field label="Version">
        <Input
          required
          maxLength={32}
          placeholder="8.0.1"
          value={version}
          onChange={(event) => setVersion(event.target.value)}
        />
      </Field>
      <Field label="For how long">
        <Select value={minutes} onChange={(event) => setMinutes(event.target.value)}>
          {LENGTHS.map(([name, value]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Reason" hint="Everybody sees it, and it goes into the audit.">
        <Input required maxLength={200} value={why} onChange={(event) => setWhy(event.target.value)} />
      </Field>
    </FormDialog>
  )
}
