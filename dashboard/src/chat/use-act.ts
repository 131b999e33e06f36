"use client"
import { useCallback } from "react"
import { useTell } from "../shell/notice.tsx"
import { toWords } from "./words.ts"

/** Does something in the chat, says how it went in words, and whether it did. `done` empty: what is seen says enough. */
export function useAct() {
  const tell = useTell()
  return useCallback(
    async (done: string, run: () => Promise<unknown>): Promise<boolean> => {
      try {
        await run()
        if (done !== "") tell(done)
        return true
      } catch (error) {
        tell(toWords(error), true)
        return false
      }
    },
    [tell],
  )
}
