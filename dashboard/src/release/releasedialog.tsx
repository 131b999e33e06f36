"use client"
import type { LogicModuleState, NewRelease, Release } from "@ossagent/wire"
import { useRouter } from "next/navigation"
import { type FormEvent, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Field, Input, Select } from "../piece/field.tsx"
import { Failure } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { useTell } from "../shell/notice.tsx"
import { useRenewReleases } from "./use-releases.ts"
import { parsePercents, toList } from "./words.ts"

interface ReleaseDialogProps {
  modules: readonly LogicModuleState[]
  experiment: boolean
  onClose: () => void
}

/** Starts a release by steps, or an experiment at a ratio. */
export function ReleaseDialog({ modules, experiment, onClose }: ReleaseDialogProps) {
  const tell = useTell()
  const renew = useRenewReleases()
  const router = useRouter()
  const [module, setModule] = useState((modules.find(hasOther) ?? modules[0])?.module ?? "")
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  const chosen = modules.find((one) => one.module === module)
  const others = (chosen?.found ?? []).filter((version) => version !== chosen?.current).toReversed()
  async function start(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setError(null)
    try {
      const body = toNewRelease(form, experiment)
      const { release } = await call<{ release: Release }>("/api/alerting/releases", { method: "POST", body })
      tell(`${release.module} ${release.version}: ${experiment ? "the experiment" : "the release"} begins.`)
      void renew()
      router.push(`/releases/${release.id}`)
    } catch (failed) {
      setError(failed as Error)
      setBusy(false)
    }
  }
  return (
    <Dialog title={experiment ? "New experiment" : "New release"} onClose={onClose} wide>
      <form onSubmit={(event) => void start(event)} className="space-y-4">
        <p className="text-[13px] text-ink-2">
          {experiment
            ? "A share of users gets the version until you end it; the two are compared all the while. A version that crashes is taken out all the same."
            : "Each step is compared with the version that runs. What is worse is rolled back, and that is an alarm."}
        </p>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Module">
            <Select name="module" value={module} onChange={(event) => setModule(event.target.value)}>
              {modules.map((one) => (
                <option key={one.module}>{one.module}</option>
              ))}
            </Select>
          </Field>
          <Field
            label="Version"
            hint={
              others.length > 0
                ? `${chosen?.current} runs now`
                : `only ${chosen?.current} is there: add a version first`
            }
          >
            <Select name="version" required disabled={others.length === 0}>
              {others.map((version) => (
                <option key={version}>{version}</option>
              ))}
            </Select>
          </Field>
          <Field
            label={experiment ? "Percent of users" : "Steps, percent of users"}
            hint={experiment ? "below 100" : "the last one is 100"}
          >
            <Input name="steps" required defaultValue={experiment ? "50" : "1, 5, 20, 100"} />
          </Field>
          {!experiment && (
            <Field label="Least time of a step, minutes">
              <Input name="minutes" type="number" min="0.1" step="any" required defaultValue="5" />
            </Field>
          )}
          <Field label="Calls wanted of each side" hint="with fewer nothing is decided">
            <Input name="samples" type="number" min="1" step="1" required defaultValue="2000" />
          </Field>
        </div>
        <details className="text-[13px]">
          <summary className="cursor-pointer text-ink-2">Only some users</summary>
          <div className="mt-3 grid gap-4 sm:grid-cols-2">
            <Field label="Client versions" hint="with commas between; none: all">
              <Input name="versions" placeholder="8.0.2, 8.0.3" />
            </Field>
            <Field label="Regions" hint="with commas between; none: all">
              <Input name="regions" />
            </Field>
            <Field label="Users who get it in any case" hint="they are not judged">
              <Input name="users" />
            </Field>
          </div>
        </details>
        {error && <Failure error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={busy || others.length === 0}>
            {busy ? "Starting …" : "Start"}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Whether a version is there besides the one that runs. */
const hasOther = ({ found, current }: LogicModuleState): boolean => found.some((version) => version !== current)

function toNewRelease(form: FormData, experiment: boolean): NewRelease {
  const text = (name: string): string => String(form.get(name) ?? "").trim()
  const audience = {
    versions: toList(text("versions")),
    regions: toList(text("regions")),
    users: toList(text("users")),
  }
  return {
    module: text("module"),
    version: text("version"),
    steps: parsePercents(text("steps")),
    audience,
    experiment,
    minSamples: Number(text("samples")),
    ...(experiment ? {} : { stepSec: Math.round(Number(text("minutes")) * 60) }),
  }
}
