"use client"
import type { Release } from "@ossagent/wire"
import { useState } from "react"
import { Confirm } from "../piece/confirm.tsx"
import { call } from "../question/ask.ts"
import { useTell } from "../shell/notice.tsx"
import { useRenewReleases } from "./use-releases.ts"

/** Asks before all calls go back to the old version. */
export function AbortDialog({ release, onClose }: { release: Release; onClose: () => void }) {
  const tell = useTell()
  const renew = useRenewReleases()
  const [error, setError] = useState<Error | null>(null)
  const { id, module, version, from, experiment } = release
  const what = experiment ? "End the experiment" : "Abort the release"
  async function abort(): Promise<boolean> {
    try {
      await call(`/api/alerting/releases/${id}/abort`, { method: "POST", body: {} })
    } catch (failed) {
      setError(failed as Error)
      return false
    }
    tell(`${module} ${from} takes all calls.`)
    void renew()
    return true
  }
  return (
    <Confirm title={what} action={what} onConfirm={abort} onClose={onClose} error={error}>
      All calls go back to {module} {from} within some two seconds, and {version} is unloaded. What was measured stays.
    </Confirm>
  )
}
