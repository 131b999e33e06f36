"use client"
import type { Message } from "@ossagent/wire"
import { Panel } from "../piece/panel.tsx"
import { MessageRow, useKept } from "./messagerow.tsx"

/** Who was told, and who was not and why, the newest first. A mail that no server took out has reached nobody, and says so. */
export function Told({ messages }: { messages: readonly Message[] }) {
  const keptOf = useKept()
  return (
    <Panel aria-label="Who was told" className="overflow-hidden">
      <h2 className="border-line border-b px-4 py-2.5 font-semibold text-[15px]">Who was told</h2>
      {messages.length === 0 && <p className="px-4 py-3 text-[13px] text-ink-3">Nobody yet.</p>}
      <ul data-testid="told" className="divide-y divide-line">
        {messages.toReversed().map((message) => (
          <MessageRow key={message.id} message={message} kept={keptOf(message)} />
        ))}
      </ul>
    </Panel>
  )
}
