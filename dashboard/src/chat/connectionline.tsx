"use client"
import { Icon } from "../piece/icon.tsx"
import { useNow } from "../time/provider.tsx"
import { useChat } from "./use-chat.ts"
import { stateWords } from "./words.ts"

/** Says what the connection does, where all is not well; nothing is lost meanwhile. */
export function ConnectionLine() {
  const client = useChat()
  const now = useNow(500)
  const { state } = client
  const words = now === 0 ? null : stateWords(state, now)
  const away = state.is === "waiting"
  return (
    <div role="status" data-testid="connection" data-state={state.is}>
      {words !== null && (
        <p
          className={`flex items-start gap-2 border-line border-b px-3 py-1.5 text-[13px] ${away ? "bg-warn-soft text-warn" : "text-ink-3"}`}
        >
          <Icon name={away ? "warning" : "live"} className="mt-0.5" />
          <span className="min-w-0 flex-1">{words}</span>
          {away && state.why !== "throttled" && (
            <button type="button" onClick={client.hurry} className="font-medium underline underline-offset-2">
              Now
            </button>
          )}
        </p>
      )}
    </div>
  )
}
