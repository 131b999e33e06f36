"use client"
import type { Alarm, Incident, Rule } from "@ossagent/wire"
import Link from "next/link"
import useSWR from "swr"
import { placeHref } from "../catalog/links.ts"
import { Fact } from "../piece/fact.tsx"
import { Panel } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { formatSpan } from "../time/clock.ts"
import { When } from "../time/picker.tsx"
import { useNow } from "../time/provider.tsx"
import { Actions } from "./actions.tsx"
import { IncidentState } from "./state.tsx"
import { describeAlarms, describePolicy } from "./words.ts"

interface FactsProps {
  incident: Incident
  suspect: Alarm | undefined
}

/** The first line says what is guilty; then why, since when, who has it. */
export function Facts({ incident, suspect }: FactsProps) {
  const now = useNow(1_000)
  const { culprit, quiet, startedAt, resolvedAt, acknowledgedBy, acknowledgedAt, nextStepAt, state } = incident
  const policy = describePolicy(incident)
  return (
    <Panel aria-label="What is wrong">
      <div className="space-y-3 p-4">
        <div className="flex flex-wrap items-center gap-1.5">
          <IncidentState incident={incident} />
          <span className="text-[13px] text-ink-3">#{incident.id}</span>
        </div>
        {culprit && (
          <p data-testid="culprit" className="font-medium break-words">
            {culprit.text}
          </p>
        )}
        {suspect && (
          <p data-testid="why" className="break-words">
            {suspect.why}
          </p>
        )}
        {quiet !== null && <p className="text-[13px] text-ink-2 break-words">Nobody is told: {quiet}.</p>}
        {incident.flapping && state !== "resolved" && (
          <p className="text-[13px] text-ink-2">
            It switches to and fro: people were told once and are told again when it is calm.
          </p>
        )}
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-[13px] sm:grid-cols-4">
          <Fact name="Alarms">{describeAlarms(incident)}</Fact>
          <Fact name="Began">
            <When at={startedAt} />
          </Fact>
          <Fact name={resolvedAt ? "Lasted" : "So far"}>
            {now > 0 ? formatSpan((resolvedAt ?? now) - startedAt) : "–"}
          </Fact>
          {acknowledgedBy && (
            <Fact name="Acknowledged">
              {acknowledgedBy}, <When at={acknowledgedAt} />
            </Fact>
          )}
          {policy && <Fact name="Policy">{policy}</Fact>}
          {nextStepAt !== null && state !== "resolved" && quiet === null && (
            <Fact name="Told next">
              <When at={nextStepAt} />
            </Fact>
          )}
        </dl>
        <Links incident={incident} suspect={suspect} />
      </div>
      <Actions incident={incident} suspect={suspect} />
    </Panel>
  )
}

const LINK = "text-accent hover:underline"

function Links({ incident, suspect }: FactsProps) {
  const { data } = useSWR<{ rules: Rule[] }, Error>("/api/alerting/rules", (path: string) =>
    call<{ rules: Rule[] }>(path),
  )
  const runbook = data?.rules.find(({ id }) => id === suspect?.ruleId)?.runbookUrl
  const { service, subsystem } = incident.group
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-[13px]">
      {runbook && (
        <a href={runbook} target="_blank" rel="noreferrer" className={`font-medium ${LINK}`}>
          Open the runbook
        </a>
      )}
      {service && subsystem && (
        <Link href={placeHref(service, subsystem)} prefetch={false} className={LINK}>
          Open the subsystem
        </Link>
      )}
      {suspect && (
        <Link href={`/alarms/${suspect.id}`} prefetch={false} className={LINK}>
          Open the first alarm
        </Link>
      )}
      <Link href={`/messages?incident=${incident.id}`} prefetch={false} className={LINK}>
        Its messages
      </Link>
    </p>
  )
}
