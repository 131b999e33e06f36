"use client"
import type { Route } from "@ossagent/wire"
import { useState } from "react"
import { DocumentDialog } from "../document/documentdialog.tsx"
import { ALL_DIMS, emptyDraft, toDraftFault, toDrafts, toMatchers, toValues } from "../matcher/draft.ts"
import { Matchers } from "../matcher/matchers.tsx"
import { useSuggestions } from "../matcher/use-suggestions.ts"
import { useNames } from "../oncall/use-names.ts"
import { Check, Field, Input, Select } from "../piece/field.tsx"

interface RouteDialogProps {
  /** Of the tree. */
  id: string
  /** Undefined: a new one below `above`. */
  node: Route | undefined
  isRoot: boolean
  above: Route
  /** The whole tree with this node in its place. */
  toTree: (node: Route) => Route
  onClose: () => void
}

/** One route: what it takes, which policy gets it, what becomes one incident. */
export function RouteDialog({ id, node, isRoot, above, toTree, onClose }: RouteDialogProps) {
  const suggest = useSuggestions()
  const { policies } = useNames()
  const [name, setName] = useState(node?.name ?? "")
  const [drafts, setDrafts] = useState(() => (node ? toDrafts(node.matchers) : [emptyDraft("service")]))
  const [policyId, setPolicyId] = useState(node?.policyId ?? above.policyId)
  const [goesOn, setGoesOn] = useState(node?.continue ?? false)
  const [groupBy, setGroupBy] = useState((node ?? above).groupBy.join(", "))
  const [waitSec, setWaitSec] = useState((node ?? above).groupWaitSec)
  const toBody = (): Route => {
    const fault = isRoot ? null : toDraftFault(drafts)
    if (fault) throw new Error(fault)
    return toTree({
      ...{ name: name.trim(), matchers: isRoot ? [] : toMatchers(drafts), continue: goesOn, policyId },
      ...{ groupBy: toValues(groupBy), groupWaitSec: waitSec, children: node?.children ?? [] },
    })
  }
  return (
    <DocumentDialog
      kind="route"
      id={id}
      title={node ? `Change the route “${node.name}”` : `New route below “${above.name}”`}
      toBody={toBody}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name">
          <Input
            required
            maxLength={120}
            placeholder="Payments"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label="Policy" hint="Who is told.">
          <Select required value={policyId} onChange={(event) => setPolicyId(event.target.value)}>
            {policies.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      {isRoot ? (
        <p className="text-[13px] text-ink-3">The first route takes what no route below it takes.</p>
      ) : (
        <>
          <Matchers
            dims={ALL_DIMS}
            least={0}
            like
            none="None: it takes every alarm that comes to it."
            drafts={drafts}
            onChange={setDrafts}
            suggest={suggest}
          />
          <Check checked={goesOn} onChange={(event) => setGoesOn(event.target.checked)}>
            Then go on: routes after it may take the alarm too
          </Check>
        </>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="One incident by"
          hint="Names of dimensions with commas between; empty: by place and time, as the product decides."
        >
          <Input value={groupBy} placeholder="service, version" onChange={(event) => setGroupBy(event.target.value)} />
        </Field>
        <Field label="Wait for company, s" hint="So that alarms of one fault are told as one.">
          <Input
            type="number"
            required
            min={0}
            max={600}
            value={waitSec}
            onChange={(event) => setWaitSec(Number(event.target.value))}
          />
        </Field>
      </div>
    </DocumentDialog>
  )
}
