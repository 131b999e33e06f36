"use client"
import { useState } from "react"
import { Button } from "../piece/button.tsx"
import { Confirm } from "../piece/confirm.tsx"
import { useGuardActs } from "./use-guard.ts"

/** Whether decisions are only noted. */
export function DryRun({ on }: { on: boolean }) {
  const { change } = useGuardActs()
  const [open, setOpen] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  async function set(): Promise<boolean> {
    try {
      await change({ method: "POST", path: "dry-run", body: { on: !on } })
      return true
    } catch (failed) {
      setError(failed as Error)
      return false
    }
  }
  return (
    <>
      <Button on={on} icon="pause" onClick={() => setOpen(true)}>
        Dry run
      </Button>
      {open && (
        <Confirm
          title="Dry run"
          action={on ? "Act on decisions" : "Only note decisions"}
          onConfirm={set}
          onClose={() => setOpen(false)}
          error={error}
        >
          {on
            ? "From now on whoever takes too much is sent away again."
            : "Decisions are noted with their evidence, and nobody is sent away. What is in force stays so until it is over or released."}
        </Confirm>
      )}
    </>
  )
}
