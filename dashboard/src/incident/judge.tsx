"use client"
import type { Incident, IncidentPage } from "@ossagent/wire"
import Link from "next/link"
import { Button } from "../piece/button.tsx"
import { Panel } from "../piece/panel.tsx"
import { useMay, usePerson } from "../shell/person.tsx"
import { useIncidentAct } from "./act.ts"

const CHOICES = [
  { verdict: "useful", label: "Useful" },
  { verdict: "noise", label: "Noise" },
] as const

/** Whether it was worth calling somebody: one verdict a person, the last counts. */
export function Judge({ incident, feedback }: { incident: Incident; feedback: IncidentPage["feedback"] }) {
  const may = useMay("operator")
  const { email } = usePerson()
  const act = useIncidentAct()
  const own = feedback.find(({ by }) => by === email)?.verdict
  const others = feedback.filter(({ by }) => by !== email)
  return (
    <Panel aria-label="Was it worth a call?" className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="mr-auto font-semibold text-[15px]">Was it worth a call?</h2>
        {may &&
          CHOICES.map(({ verdict, label }) => (
            <Button
              key={verdict}
              on={own === verdict}
              onClick={() => void act(incident, { verb: "feedback", verdict })}
            >
              {label}
            </Button>
          ))}
      </div>
      {others.map(({ by, verdict }) => (
        <p key={by} className="mt-1 text-[13px] text-ink-2 break-words">
          {by}: {verdict}
        </p>
      ))}
      <p className="mt-1 text-ink-3 text-xs">
        Verdicts are counted by rule under{" "}
        <Link prefetch={false} href="/care" className="text-accent hover:underline">
          Care
        </Link>
        .
      </p>
    </Panel>
  )
}
