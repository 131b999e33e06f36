"use client"
import type { Schedule } from "@ossagent/wire"
import { useState } from "react"
import { DocumentDialog } from "../document/documentdialog.tsx"
import { type Item, toDocument, useDocuments } from "../document/use-documents.ts"
import { Field, Input, Select } from "../piece/field.tsx"
import { usePerson } from "../shell/person.tsx"
import { fromField, toField } from "../time/field.ts"
import { useZone } from "../time/provider.tsx"

const HOUR_MS = 3_600_000

/** I take over until …: wins over every layer. */
export function TakeOverDialog({ item, onClose }: { item: Item<"schedule">; onClose: () => void }) {
  const { zone } = useZone()
  const { email } = usePerson()
  const { items } = useDocuments("contact")
  const own = items?.find((contact) => contact.email === email)?.id
  const [chosen, setChosen] = useState<string | null>(null)
  const [from, setFrom] = useState(() => toField(Date.now(), zone).slice(0, 16))
  const [to, setTo] = useState(() => toField(Date.now() + 8 * HOUR_MS, zone).slice(0, 16))
  const contactId = chosen ?? own ?? ""
  const zoneName = zone === "utc" ? " (UTC)" : ""
  const toBody = (): Schedule => {
    const [a, b] = [fromField(from, zone), fromField(to, zone)]
    if (contactId === "") throw new Error("Choose who takes over.")
    if (a === null || b === null || b <= a) throw new Error("The end must be after the beginning.")
    if (b <= Date.now()) throw new Error("Choose an end that is yet to come.")
    const document = toDocument(item)
    const kept = document.overrides.filter((one) => one.to > Date.now())
    return { ...document, overrides: [{ contactId, from: a, to: b }, ...kept] }
  }
  return (
    <DocumentDialog
      kind="schedule"
      id={item.id}
      title={`Take over in “${item.name}”`}
      toBody={toBody}
      onClose={onClose}
    >
      <Field label="Who">
        <Select required value={contactId} onChange={(event) => setChosen(event.target.value)}>
          <option value="">choose …</option>
          {items?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={`From${zoneName}`}>
          <Input type="datetime-local" required value={from} onChange={(event) => setFrom(event.target.value)} />
        </Field>
        <Field label={`Until${zoneName}`}>
          <Input type="datetime-local" required value={to} onChange={(event) => setTo(event.target.value)} />
        </Field>
      </div>
    </DocumentDialog>
  )
}
