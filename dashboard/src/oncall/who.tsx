"use client"
import type { Severity, WhoAnswer } from "@ossagent/wire"
import Link from "next/link"
import { type FormEvent, useId, useState } from "react"
import useSWR from "swr"
import { useSuggestions } from "../matcher/use-suggestions.ts"
import { Button } from "../piece/button.tsx"
import { Field, Input, Select } from "../piece/field.tsx"
import { Empty, Failure, Panel, SkeletonRows } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { useQuery } from "../time/provider.tsx"
import { Steps } from "./steps.tsx"

const FIELDS = ["service", "subsystem", "version", "metric", "rule"] as const
type FieldName = (typeof FIELDS)[number]
const SEVERITIES: Severity[] = ["critical", "warning", "info"]

/** The question as the address holds it; null before it was asked. */
function toQuestion(query: { get: (name: string) => string | null }) {
  const severity = SEVERITIES.find((one) => one === query.get("severity"))
  if (!severity) return null
  const dims = FIELDS.slice(0, 3).flatMap((dim) => {
    const value = query.get(dim)
    return value ? [[dim, value]] : []
  })
  const text = (name: FieldName): string => query.get(name) ?? ""
  return { group: Object.fromEntries(dims), metric: text("metric"), rule: text("rule"), severity }
}

/** Who would be told of such an alarm, in which order, how and why. */
export function Who() {
  const [query, change] = useQuery()
  const question = toQuestion(query)
  const key = question && JSON.stringify(question)
  const { data, error, mutate } = useSWR<WhoAnswer, Error>(key && ["who", key], () =>
    call<WhoAnswer>("/api/alerting/oncall/who", { method: "POST", body: question }),
  )
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[20rem_1fr]">
      <Panel aria-label="Such an alarm" className="p-4">
        <WhoForm
          start={query}
          onAsk={(asked) => {
            change(asked, true)
            void mutate()
          }}
        />
      </Panel>
      <Panel aria-label="Who would get this?" className="overflow-hidden">
        {error && <Failure error={error} onRetry={() => void mutate()} />}
        {key === null && (
          <Empty icon="help" title="Who would get this?">
            Describe an alarm: you see which routes take it, and who is told when, on which channel and why. Nothing is
            sent.
          </Empty>
        )}
        {key !== null && !data && !error && <SkeletonRows count={3} />}
        {data && <Told answer={data} />}
      </Panel>
    </div>
  )
}

interface WhoFormProps {
  start: { get: (name: string) => string | null }
  onAsk: (asked: Record<string, string | null>) => void
}

const LABELS: Record<FieldName, string> = {
  service: "Service",
  subsystem: "Subsystem",
  version: "Version",
  metric: "Metric",
  rule: "Rule",
}

function WhoForm({ start, onAsk }: WhoFormProps) {
  const id = useId()
  const suggest = useSuggestions()
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(FIELDS.map((name) => [name, start.get(name) ?? ""])),
  )
  const [severity, setSeverity] = useState(start.get("severity") ?? "critical")
  const ask = (event: FormEvent): void => {
    event.preventDefault()
    onAsk({ ...Object.fromEntries(FIELDS.map((name) => [name, values[name]?.trim() || null])), severity })
  }
  return (
    <form onSubmit={ask} className="space-y-3">
      {FIELDS.map((name) => (
        <Field key={name} label={LABELS[name]}>
          <Input
            list={`${id}-${name}`}
            autoComplete="off"
            maxLength={256}
            placeholder="any"
            value={values[name] ?? ""}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
        </Field>
      ))}
      {FIELDS.map((name) => (
        <datalist key={name} id={`${id}-${name}`}>
          {suggest[name]?.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      ))}
      <Field label="Severity">
        <Select value={severity} onChange={(event) => setSeverity(event.target.value)}>
          {SEVERITIES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </Select>
      </Field>
      <Button type="submit" look="main" className="w-full">
        Who would get this?
      </Button>
    </form>
  )
}

function Told({ answer: { routes, quiet, steps } }: { answer: WhoAnswer }) {
  return (
    <div data-testid="who" className="space-y-4 p-4">
      <div className="text-[13px]">
        <h2 className="mb-1 font-semibold text-[15px]">Routes</h2>
        {routes.map((path) => (
          <p key={path.join("\u0001")} className="break-words">
            {path.join(" → ")}
          </p>
        ))}
        <p className="mt-1 text-ink-3">
          Change them under{" "}
          <Link prefetch={false} href="/oncall/routes" className="text-accent hover:underline">
            Routes
          </Link>
          .
        </p>
      </div>
      {quiet !== null && (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-[13px] text-warn">Now nobody would be told: {quiet}.</p>
      )}
      <Steps steps={steps} />
    </div>
  )
}
