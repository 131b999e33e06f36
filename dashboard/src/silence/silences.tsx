"use client"
import { useState } from "react"
import { InhibitionSection } from "../inhibition/inhibitions.tsx"
import { MaintenanceSection } from "../maintenance/maintenances.tsx"
import type { Draft } from "../matcher/draft.ts"
import { Button } from "../piece/button.tsx"
import { Segments } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useMay } from "../shell/person.tsx"
import { useQuery } from "../time/provider.tsx"
import { draftsOf } from "./form.ts"
import { SilenceDialog } from "./silencedialog.tsx"
import { SilenceRow } from "./silencerow.tsx"
import { type Shown, useSilences } from "./use-silences.ts"

const STATES = [
  { value: "active", label: "Active" },
  { value: "all", label: "All" },
] as const

/** Which alarms nobody is notified of, until when and why. `?new=1&service=…` opens the form, filled in. */
export function Silences() {
  const may = useMay("operator")
  const [query, change] = useQuery()
  const shown: Shown = query.get("state") === "all" ? "all" : "active"
  const { silences, error, refresh } = useSilences(shown)
  const [start, setStart] = useState<Draft[] | null>(() => (may && query.get("new") ? draftsOf(query) : null))
  const open = (): void => setStart(draftsOf(new URLSearchParams()))
  const close = (): void => {
    setStart(null)
    if (query.get("new")) window.history.replaceState(null, "", "/silences")
  }
  return (
    <>
      <PageHead title="Silences" about="Alarms that match stay visible, and nobody is notified">
        <Segments
          label="Which silences"
          choices={STATES}
          value={shown}
          onChange={(value) => change({ state: value === "all" ? value : null })}
        />
        {may && (
          <Button look="main" icon="plus" onClick={open}>
            New silence
          </Button>
        )}
      </PageHead>
      <div className="space-y-4">
        {error && <Failure error={error} onRetry={refresh} />}
        <Panel aria-label="Silences" className="overflow-hidden">
          {silences === null && !error && <SkeletonRows count={3} />}
          {silences?.length === 0 && (
            <Empty icon="mute" title={shown === "active" ? "Nothing is silenced" : "There has been no silence yet"}>
              {may
                ? "Before planned work, make a silence for what it touches: its alarms then call nobody."
                : "An operator can make a silence before planned work, so that its alarms call nobody."}
            </Empty>
          )}
          {silences !== null && silences.length > 0 && (
            <ul className="divide-y divide-line">
              {silences.map((silence) => (
                <SilenceRow key={silence.id} silence={silence} may={may} onEnded={refresh} />
              ))}
            </ul>
          )}
        </Panel>
        <MaintenanceSection />
        <InhibitionSection />
      </div>
      {start && <SilenceDialog start={start} onClose={close} />}
    </>
  )
}
