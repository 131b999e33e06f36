"use client"
import { useState } from "react"
import { Button } from "../piece/button.tsx"
import { Icon } from "../piece/icon.tsx"
import { PageHead, Panel } from "../piece/panel.tsx"
import { useTell } from "../shell/notice.tsx"
import { Arrivals } from "./arrivals.tsx"

interface StartProps {
  collectorUrl: string
  /** Null for viewers, and where none is configured. */
  ingestKey: string | null
  mayKnow: boolean
}

const snippet = (collectorUrl: string): string => `import { createAgent } from "@ossagent/agent"

const oss = createAgent({
  service: "shop",
  subsystem: "checkout",
  version: "8.0.1",
  collector: "${collectorUrl}",
  key: process.env.OSSAGENT_KEY,
})

const paid = oss.counter("order.paid")
setInterval(() => paid.inc(), 200)
`

const register = (collectorUrl: string, key: string): string => `export OSSAGENT_COLLECTOR=${collectorUrl}
export OSSAGENT_KEY=${key}
export OSSAGENT_SERVICE=shop OSSAGENT_VERSION=8.0.1
node --import @ossagent/agent/register server.js`

/** How a service of one's own comes onto the overview. */
export function Start({ collectorUrl, ingestKey, mayKnow }: StartProps) {
  return (
    <>
      <PageHead
        title="Add a service"
        about="Its page is there two seconds after its first value, with nothing configured"
      />
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_24rem]">
        <div className="min-w-0 space-y-4">
          <Step number={1} title="Install the agent in your Node service">
            <Code text="npm install @ossagent/agent" />
          </Step>
          <Step number={2} title="Give it the key">
            <Key ingestKey={ingestKey} mayKnow={mayKnow} />
          </Step>
          <Step number={3} title="Count something">
            <Code text={snippet(collectorUrl)} label="snippet" />
            <p className="mt-2 text-[13px] text-ink-3">
              Split by client version where a request carries one:{" "}
              <code className="font-mono">paid.with({"{ version: req.clientVersion }"}).inc()</code>
            </p>
          </Step>
          <Step number={4} title="Or change no code at all">
            <p className="mb-2 text-[13px] text-ink-2">
              Process, event loop, garbage collection, HTTP server and client are measured by themselves.
            </p>
            <Code text={register(collectorUrl, mayKnow && ingestKey ? ingestKey : "the key")} />
          </Step>
        </div>
        <Arrivals />
      </div>
    </>
  )
}

function Step({ number, title, children }: { number: number; title: string; children: React.ReactNode }) {
  return (
    <Panel className="p-4">
      <h2 className="mb-3 flex items-center gap-2.5 font-semibold text-[15px]">
        <span className="flex size-6 items-center justify-center rounded-full bg-accent-soft text-[13px] text-accent">
          {number}
        </span>
        {title}
      </h2>
      {children}
    </Panel>
  )
}

function Code({ text, label }: { text: string; label?: string }) {
  const tell = useTell()
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => tell("Copied"),
      () => tell("The browser does not let the page copy: select the text", true),
    )
  }
  return (
    <div className="relative">
      <pre
        data-testid={label}
        className="overflow-x-auto rounded-md bg-sunken p-3 pr-12 font-mono text-[13px] leading-relaxed"
      >
        {text}
      </pre>
      <button
        type="button"
        aria-label="Copy"
        title="Copy"
        onClick={copy}
        className="absolute top-2 right-2 rounded-md border border-line bg-surface p-1.5 text-ink-3 hover:text-ink"
      >
        <Icon name="copy" />
      </button>
    </div>
  )
}

function Key({ ingestKey, mayKnow }: { ingestKey: string | null; mayKnow: boolean }) {
  const [shown, setShown] = useState(false)
  if (!mayKnow)
    return <p className="text-[13px] text-ink-2">Ask an operator or an admin: they see the key on this page.</p>
  if (ingestKey === null)
    return (
      <p className="text-[13px] text-ink-2">
        The dashboard was not told any (<code className="font-mono">OSSAGENT_INGEST_KEY</code>). It is one of the
        collector's <code className="font-mono">OSSAGENT_INGEST_KEYS</code>.
      </p>
    )
  const line = `export OSSAGENT_KEY=${shown ? ingestKey : "•".repeat(24)}`
  return (
    <div className="space-y-2">
      {shown ? (
        <Code text={line} label="key" />
      ) : (
        <pre className="overflow-x-auto rounded-md bg-sunken p-3 font-mono text-[13px]">{line}</pre>
      )}
      <Button icon="key" onClick={() => setShown(!shown)}>
        {shown ? "Hide the key" : "Show the key"}
      </Button>
    </div>
  )
}
