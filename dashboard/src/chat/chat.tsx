"use client"
/**
 * The chat: a client of the IM in the browser, with what it keeps in the browser's IndexedDB. Here: whether there is one, and who is logged
 * in to it. The list is in list.tsx, one conversation in conversation.tsx, what both show is made in rows.ts and lines.ts.
 */
import { useEffect, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Empty, Failure, SkeletonRows } from "../piece/panel.tsx"
import { usePerson } from "../shell/person.tsx"
import { Enter } from "./enter.tsx"
import { Middle } from "./middle.tsx"
import { Talk } from "./talk.tsx"
import { SessionContext, useChat } from "./use-chat.ts"
import { type Opened, useOpenedSession } from "./use-session.ts"

export function Chat() {
  const [opened, again] = useOpenedSession(usePerson().id)
  const refused = useRefusedByPolicy()
  return (
    <div
      data-testid="chat"
      className="-mx-3 -mt-5 -mb-16 flex h-[calc(100dvh-3.25rem)] flex-col overflow-hidden bg-surface sm:-mx-5"
    >
      <h1 className="sr-only">Chat</h1>
      {refused && (
        <p
          role="alert"
          className="flex items-center gap-3 border-line border-b bg-warn-soft px-4 py-2 text-[13px] text-warn"
        >
          This page was opened before the chat service had its present address.
          <Button onClick={() => window.location.reload()}>Reload</Button>
        </p>
      )}
      {opened.is === "open" ? (
        <SessionContext value={opened.session}>
          <Inside />
        </SessionContext>
      ) : (
        <Closed opened={opened} again={again} />
      )}
    </div>
  )
}

function Inside() {
  const { account } = useChat()
  return account !== null && account.ticket.length > 0 ? <Talk /> : <Enter />
}

function Closed({ opened, again }: { opened: Exclude<Opened, { is: "open" }>; again: () => void }) {
  if (opened.is === "opening") return <SkeletonRows />
  if (opened.is === "failed")
    return (
      <Middle>
        <Failure error={new Error(`The chat cannot be opened: ${opened.error.message}`)} onRetry={again} />
      </Middle>
    )
  if (opened.is === "elsewhere")
    return (
      <Middle>
        <Empty icon="chat" title="The chat is open on another page of this browser">
          <p>They share one log-in: one of them has the chat at a time.</p>
          <Button look="main" onClick={again} className="mt-4">
            Use it here
          </Button>
        </Empty>
      </Middle>
    )
  return (
    <Middle>
      <Empty icon="chat" title="This dashboard has no chat service">
        <p>
          <code>npm start</code> starts one with the rest. To use another one, start the dashboard with{" "}
          <code>OSSAGENT_IM_DISPATCH_URL</code> (http://… of its dispatch) and <code>OSSAGENT_IM_APP_KEY</code>.
        </p>
      </Empty>
    </Middle>
  )
}

/** The policy names where a page may connect when the page is loaded; an access that came later is refused by it. */
function useRefusedByPolicy(): boolean {
  const [refused, setRefused] = useState(false)
  useEffect(() => {
    const onRefused = ({ effectiveDirective }: SecurityPolicyViolationEvent): void => {
      if (effectiveDirective === "connect-src") setRefused(true)
    }
    document.addEventListener("securitypolicyviolation", onRefused)
    return () => document.removeEventListener("securitypolicyviolation", onRefused)
  }, [])
  return refused
}
