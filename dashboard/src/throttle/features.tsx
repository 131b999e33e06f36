"use client"
import type { FeaturesAnswer } from "@ossagent/wire"
import { useState } from "react"
import { Field, Input, Select } from "../piece/field.tsx"
import { useMay } from "../shell/person.tsx"
import { formatShort } from "../time/clock.ts"
import { useZone } from "../time/provider.tsx"
import { FormDialog, Section, SettingLine } from "./section.tsx"
import { useGuard, useGuardActs } from "./use-guard.ts"

/** What clients of a version may not ask for: what is wrong in a released client is mended from behind. */
export function FeatureSection() {
  const may = useMay("operator")
  const { data, error, refresh } = useGuard<FeaturesAnswer>("features")
  const { attempt } = useGuardActs()
  const { zone } = useZone()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Section
        title="Features switched off"
        about="Clients of the version are told, and refused where they do not listen"
        add={may && data ? { label: "Switch a feature off", onAdd: () => setOpen(true) } : null}
        {...{ error, onRetry: refresh, count: data?.off.length ?? null }}
        none="Every client may ask for everything that it knows."
      >
        {data?.off.map(({ version, feature, why, by, at }) => (
          <SettingLine
            key={`${version} ${feature}`}
            testId="feature"
            head={`${feature} in ${version === "*" ? "all versions" : version}`}
            why={why}
            about={`by ${by}, ${formatShort(at, zone)}`}
            end={
              may
                ? {
                    label: "Switch on",
                    name: `Switch ${feature} on`,
                    onEnd: () =>
                      void attempt(`${feature} is on again.`, {
                        method: "DELETE",
                        path: `features/${encodeURIComponent(version)}/${feature}`,
                      }),
                  }
                : null
            }
          />
        ))}
      </Section>
      {open && data && <FeatureDialog features={data.features} onClose={() => setOpen(false)} />}
    </>
  )
}

function FeatureDialog({ features, onClose }: { features: readonly string[]; onClose: () => void }) {
  const { change } = useGuardActs()
  const [version, setVersion] = useState("")
  const [feature, setFeature] = useState(features[0] ?? "")
  const [why, setWhy] = useState("")
  const save = (): Promise<void> => change({ method: "POST", path: "features", body: { version, feature, why } })
  return (
    <FormDialog title="Switch a feature off" action="Switch off" onSave={save} onClose={onClose}>
      <Field label="Version" hint="* for all versions">
        <Input
          required
          maxLength={32}
          placeholder="8.0.1"
          value={version}
          onChange={(event) => setVersion(event.target.value)}
        />
      </Field>
      <Field label="Feature" hint="The request that is refused.">
        <Select value={feature} onChange={(event) => setFeature(event.target.value)}>
          {features.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
      </Field>
      <Field label="Reason" hint="Everybody sees it, and it goes into the audit.">
        <Input required maxLength={200} value={why} onChange={(event) => setWhy(event.target.value)} />
      </Field>
    </FormDialog>
  )
}
