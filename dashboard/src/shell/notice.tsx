"use client"
import { createContext, type ReactNode, useCallback, useContext, useState } from "react"
import { IconButton } from "../piece/button.tsx"
import { Icon } from "../piece/icon.tsx"

interface Notice {
  id: number
  text: string
  bad: boolean
}

const SHOWN_MS = 6_000
const NoticeContext = createContext<(text: string, bad?: boolean) => void>(() => {})
let nextId = 1

/** Says for a moment what an action did. */
export function NoticeProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([])
  const drop = useCallback((id: number) => setNotices((all) => all.filter((one) => one.id !== id)), [])
  const tell = useCallback(
    (text: string, bad = false) => {
      const id = nextId++
      setNotices((all) => [...all.slice(-3), { id, text, bad }])
      setTimeout(() => drop(id), SHOWN_MS)
    },
    [drop],
  )
  return (
    <NoticeContext value={tell}>
      {children}
      <div
        role="status"
        aria-live="polite"
        className="fixed right-3 bottom-(--notice-bottom) z-50 flex max-w-[calc(100vw-1.5rem)] flex-col gap-2"
      >
        {notices.map(({ id, text, bad }) => (
          <div
            key={id}
            className={`flex items-center gap-2 rounded-lg border bg-surface py-1.5 pr-1 pl-3 text-[13px] shadow-high ${bad ? "border-bad/50 text-bad" : "border-line"}`}
          >
            <Icon name={bad ? "critical" : "check"} className={bad ? "" : "text-ok"} />
            <span className="max-w-96">{text}</span>
            <IconButton icon="close" label="Dismiss" onClick={() => drop(id)} />
          </div>
        ))}
      </div>
    </NoticeContext>
  )
}

export const useTell = () => useContext(NoticeContext)

/** Runs a change, says how it went, and whether it did. */
export function useAttempt() {
  const tell = useTell()
  return useCallback(
    async (done: string, run: () => Promise<unknown>): Promise<boolean> => {
      try {
        await run()
        tell(done)
        return true
      } catch (error) {
        tell(error instanceof Error ? error.message : "it did not work", true)
        return false
      }
    },
    [tell],
  )
}
