"use client"
import type { Rule } from "@ossagent/wire"
import { useState } from "react"
import useSWR from "swr"
import { useCatalog } from "../catalog/use-catalog.ts"
import { Badge, SeverityBadge } from "../piece/badge.tsx"
import { Button, IconButton } from "../piece/button.tsx"
import { Confirm } from "../piece/confirm.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { useAttempt } from "../shell/notice.tsx"
import { useMay } from "../shell/person.tsx"
import { When } from "../time/picker.tsx"
import { RuleDialog } from "./ruledialog.tsx"
import { describeRule, toNewRule } from "./words.ts"

export function Rules() {
  const may = useMay("operator")
  const [editing, setEditing] = useState<Rule | "new" | null>(null)
  const { entries } = useCatalog({}, 30_000)
  const { data, error, mutate } = useSWR<{ rules: Rule[] }, Error>(
    "/api/alerting/rules",
    (path: string) => call<{ rules: Rule[] }>(path),
    { refreshInterval: 20_000 },
  )
  const unitOf = (metric: string): string => entries?.find((entry) => entry.metric === metric)?.unit ?? ""
  return (
    <>
      <PageHead title="Rules" about="What raises an alarm; the built-in ones watch every service">
        {may && (
          <Button look="main" icon="plus" onClick={() => setEditing("new")}>
            New rule
          </Button>
        )}
      </PageHead>
      {error && <Failure error={error} onRetry={() => void mutate()} />}
      <Panel className="overflow-hidden">
        {!data && !error && <SkeletonRows />}
        {data?.rules.length === 0 && <Empty icon="rule" title="No rules" />}
        <ul data-testid="rules" className="divide-y divide-line">
          {data?.rules.map((rule) => (
            <RuleRow
              key={rule.id}
              rule={rule}
              sentence={describeRule(rule, unitOf(rule.metric))}
              may={may}
              onEdit={() => setEditing(rule)}
              onChange={() => void mutate()}
            />
          ))}
        </ul>
      </Panel>
      {editing && (
        <RuleDialog
          rule={editing === "new" ? null : editing}
          onClose={() => setEditing(null)}
          onDone={() => {
            setEditing(null)
            void mutate()
          }}
        />
      )}
    </>
  )
}

interface RuleRowProps {
  rule: Rule
  sentence: string
  may: boolean
  onEdit: () => void
  onChange: () => void
}

function RuleRow({ rule, sentence, may, onEdit, onChange }: RuleRowProps) {
  const attempt = useAttempt()
  const [removing, setRemoving] = useState(false)
  const path = `/api/alerting/rules/${rule.id}`
  async function toggle(): Promise<void> {
    const body = { ...toNewRule(rule), enabled: !rule.enabled }
    await attempt(`${rule.name}: ${body.enabled ? "watched" : "switched off"}`, () =>
      call(path, { method: "PUT", body }),
    )
    onChange()
  }
  async function remove(): Promise<boolean> {
    const done = await attempt(`${rule.name}: removed`, () => call(path, { method: "DELETE" }))
    onChange()
    return done
  }
  return (
    <li data-testid="rule" className="flex flex-wrap items-center justify-between gap-3 px-4 py-3">
      <div className={`min-w-0 flex-1 basis-72 ${rule.enabled ? "" : "opacity-60"}`}>
        <div className="mb-1 flex flex-wrap items-center gap-1.5">
          <span className="font-medium">{rule.name}</span>
          <SeverityBadge severity={rule.severity} />
          {rule.builtIn && <Badge>built in</Badge>}
          {rule.owner && <Badge icon="person">{rule.owner}</Badge>}
          {!rule.enabled && <Badge icon="pause">off</Badge>}
        </div>
        <p className="text-[13px] text-ink-2 break-words">{sentence}</p>
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-ink-3 text-xs">
          {rule.updatedBy !== "built-in" && (
            <span>
              changed by {rule.updatedBy}, <When at={rule.updatedAt} />
            </span>
          )}
          {rule.runbookUrl && (
            <a href={rule.runbookUrl} target="_blank" rel="noreferrer" className="text-accent hover:underline">
              runbook
            </a>
          )}
        </p>
      </div>
      {may && (
        <div className="flex items-center gap-1">
          <Button onClick={() => void toggle()}>{rule.enabled ? "Switch off" : "Switch on"}</Button>
          <IconButton icon="edit" label={`Change ${rule.name}`} onClick={onEdit} />
          {!rule.builtIn && <IconButton icon="trash" label={`Remove ${rule.name}`} onClick={() => setRemoving(true)} />}
        </div>
      )}
      {removing && (
        <Confirm title="Remove this rule?" action="Remove rule" onConfirm={remove} onClose={() => setRemoving(false)}>
          <b>{rule.name}</b> is watched no longer, and its open alarms are resolved.
        </Confirm>
      )}
    </li>
  )
}
