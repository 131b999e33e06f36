"use client"
import { type ReactNode, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Segments } from "../piece/field.tsx"
import { PageHead, Panel } from "../piece/panel.tsx"
import { Palette } from "../search/palette.tsx"
import { Arrived } from "./arrived.tsx"
import { IngestKey } from "./ingestkey.tsx"
import { Snippet } from "./snippet.tsx"
import { INSTALL, KEY_NAME, toCode, toShell } from "./snippets.ts"

const WAYS = [
  { value: "code", label: "In code" },
  { value: "shell", label: "Without a code change" },
] as const

/** From nothing to the first metric of an own service. */
export function Start({ collectorUrl, ingestKey }: { collectorUrl: string; ingestKey: string | null }) {
  const [way, setWay] = useState<"code" | "shell">("code")
  const [searching, setSearching] = useState(false)
  return (
    <>
      <PageHead title="Add a service" about="A Node service appears here seconds after it starts with the agent" />
      <ol className="max-w-3xl space-y-4">
        <Step number={1} title="Install the agent">
          <Snippet name="Install" code={INSTALL} />
        </Step>
        <Step number={2} title="Take the ingest key">
          <p className="text-ink-2">
            It lets a service send metrics. Keep it out of the source: the snippets below read it from{" "}
            <code className="font-mono">{KEY_NAME}</code>.
          </p>
          <IngestKey value={ingestKey} />
        </Step>
        <Step number={3} title="Start the agent with your service">
          <Segments label="How to start the agent" choices={WAYS} value={way} onChange={setWay} />
          {way === "code" ? (
            <Snippet name="Code" code={toCode(collectorUrl)} />
          ) : (
            <Snippet name="Shell" code={toShell(collectorUrl)} />
          )}
          <p className="text-ink-3 text-xs">
            The collector’s address is the one the dashboard uses. From another machine, put in one that reaches it from
            there.
          </p>
        </Step>
        <Step number={4} title="See it arrive">
          <Arrived />
          <Button icon="search" onClick={() => setSearching(true)}>
            Search for a metric
          </Button>
        </Step>
      </ol>
      {searching && <Palette onClose={() => setSearching(false)} />}
    </>
  )
}

const Step = ({ number, title, children }: { number: number; title: string; children: ReactNode }) => (
  <li>
    <Panel aria-label={title} className="p-4">
      <h2 className="mb-3 flex items-center gap-2 font-semibold">
        <span
          aria-hidden="true"
          className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-accent text-xs"
        >
          {number}
        </span>
        {title}
      </h2>
      <div className="space-y-3 text-[13px]">{children}</div>
    </Panel>
  </li>
)
