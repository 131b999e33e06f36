"use client"
import { useState } from "react"
import { Button } from "../piece/button.tsx"
import { useMay } from "../shell/person.tsx"
import { CopyButton } from "./copybutton.tsx"

/** The key of the agents, masked until it is asked for; null: not for this person, or not configured. */
export function IngestKey({ value }: { value: string | null }) {
  const [shown, setShown] = useState(false)
  const may = useMay("operator")
  if (!may) return <p className="text-ink-2">Only operators and admins see the ingest key: ask one of them for it.</p>
  if (value === null)
    return (
      <p className="text-ink-2">
        The dashboard does not know the key. Take one of the collector’s{" "}
        <code className="font-mono">OSSAGENT_INGEST_KEYS</code>, or set <code className="font-mono">OSSAGENT_KEY</code>{" "}
        for the dashboard and start it again.
      </p>
    )
  return (
    <div className="flex flex-wrap items-center gap-2">
      <code
        data-testid="ingest-key"
        className="min-w-0 flex-1 basis-56 rounded-md border border-line bg-sunken px-3 py-1.5 font-mono text-xs break-all"
      >
        {shown ? value : "•".repeat(24)}
      </code>
      <Button onClick={() => setShown(!shown)} aria-label={shown ? "Hide the ingest key" : "Reveal the ingest key"}>
        {shown ? "Hide" : "Reveal"}
      </Button>
      <CopyButton label="Copy the ingest key" text={value} />
    </div>
  )
}
