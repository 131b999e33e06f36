"use client"
import type { AllowedUser } from "@ossagent/wire"
import { useState } from "react"
import { Field, Input } from "../piece/field.tsx"
import { useMay } from "../shell/person.tsx"
import { formatShort } from "../time/clock.ts"
import { useZone } from "../time/provider.tsx"
import { FormDialog, Section, SettingLine } from "./section.tsx"
import { useGuard, useGuardActs } from "./use-guard.ts"

/** Users whom nobody throttles. */
export function AllowSection() {
  const may = useMay("operator")
  const { data, error, refresh } = useGuard<{ allowed: AllowedUser[] }>("allow")
  const { attempt } = useGuardActs()
  const { zone } = useZone()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Section
        title="Allowed users"
        about="Never throttled, whatever they do: programs of your own, people who test"
        add={may ? { label: "Allow a user", onAdd: () => setOpen(true) } : null}
        {...{ error, onRetry: refresh, count: data?.allowed.length ?? null }}
        none="Nobody is allowed more than others."
      >
        {data?.allowed.map(({ uid, why, by, at }) => (
          <SettingLine
            key={uid}
            testId="allowed"
            head={`user ${uid}`}
            why={why}
            about={`by ${by}, ${formatShort(at, zone)}`}
            end={
              may
                ? {
                    label: "Remove",
                    name: `Remove user ${uid}`,
                    onEnd: () =>
                      void attempt(`User ${uid} is as everybody.`, { method: "DELETE", path: `allow/${uid}` }),
                  }
                : null
            }
          />
        ))}
      </Section>
      {open && <AllowDialog onClose={() => setOpen(false)} />}
    </>
  )
}

function AllowDialog({ onClose }: { onClose: () => void }) {
  const { change } = useGuardActs()
  const [uid, setUid] = useState("")
  const [why, setWhy] = useState("")
  const save = (): Promise<void> => change({ method: "POST", path: "allow", body: { uid: Number(uid), why } })
  return (
    <FormDialog title="Allow a user" action="Allow" onSave={save} onClose={onClose}>
      <Field label="User" hint="The number, as throttles show it.">
        <Input
          required
          inputMode="numeric"
          pattern="[1-9][0-9]{0,15}"
          title="a user’s number"
          value={uid}
          onChange={(event) => setUid(event.target.value)}
        />
      </Field>
      <Field label="Reason" hint="Everybody sees it, and it goes into the audit.">
        <Input required maxLength={200} value={why} onChange={(event) => setWhy(event.target.value)} />
      </Field>
    </FormDialog>
  )
}
