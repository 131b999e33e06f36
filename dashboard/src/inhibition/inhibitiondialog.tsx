"use client"
import type { Inhibition } from "@ossagent/wire"
import { useState } from "react"
import { DocumentDialog } from "../document/documentdialog.tsx"
import type { Item } from "../document/use-documents.ts"
import { ALL_DIMS, emptyDraft, toDraftFault, toDrafts, toMatchers, toValues } from "../matcher/draft.ts"
import { Matchers } from "../matcher/matchers.tsx"
import { useSuggestions } from "../matcher/use-suggestions.ts"
import { Field, Input } from "../piece/field.tsx"

interface InhibitionDialogProps {
  item: Item<"inhibition"> | null
  onClose: () => void
}

export function InhibitionDialog({ item, onClose }: InhibitionDialogProps) {
  const suggest = useSuggestions()
  const [name, setName] = useState(item?.name ?? "")
  const [source, setSource] = useState(() => (item ? toDrafts(item.source) : [emptyDraft("service")]))
  const [target, setTarget] = useState(() => toDrafts(item?.target ?? []))
  const [equal, setEqual] = useState(item ? item.equal.join(", ") : "service, subsystem")
  const toBody = (): Inhibition => {
    const fault = toDraftFault(source) ?? toDraftFault(target)
    if (fault) throw new Error(fault)
    return { name: name.trim(), source: toMatchers(source), target: toMatchers(target), equal: toValues(equal) }
  }
  return (
    <DocumentDialog
      kind="inhibition"
      id={item?.id ?? null}
      title={item ? `Change “${item.name}”` : "New cause and effect"}
      toBody={toBody}
      onClose={onClose}
    >
      <Field label="Name">
        <Input
          required
          maxLength={120}
          placeholder="A database that is down explains errors"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Matchers
        legend="While an alarm fires that matches all of these"
        dims={ALL_DIMS}
        least={1}
        like
        drafts={source}
        onChange={setSource}
        suggest={suggest}
      />
      <Matchers
        legend="nobody is told of those that match all of these"
        dims={ALL_DIMS}
        least={0}
        like
        none="None: of any other alarm."
        drafts={target}
        onChange={setTarget}
        suggest={suggest}
      />
      <Field label="and are equal in" hint="Names of dimensions with commas between; empty: wherever they are.">
        <Input value={equal} placeholder="service, subsystem" onChange={(event) => setEqual(event.target.value)} />
      </Field>
    </DocumentDialog>
  )
}
