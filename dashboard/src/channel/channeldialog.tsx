"use client"
import type { Channel, ChannelKind } from "@ossagent/wire"
import { useState } from "react"
import { LANGUAGES } from "../contact/words.ts"
import { DocumentDialog } from "../document/documentdialog.tsx"
import type { Item } from "../document/use-documents.ts"
import { Check, Field, Input, Segments, Select } from "../piece/field.tsx"
import { CHANNEL_FORMS, CHANNEL_KINDS, fieldsOf, toSettings, type Values } from "./kinds.ts"
import { SettingInput } from "./settinginput.tsx"

const WAYS = [
  { value: "smpp", label: "SMPP" },
  { value: "http", label: "HTTP gateway" },
] as const

/** The form of a channel's kind. Secrets are written and never shown: an empty one stays as it is. */
export function ChannelDialog({ item, onClose }: { item: Item<"channel"> | null; onClose: () => void }) {
  const [name, setName] = useState(item?.name ?? "")
  const [kind, setKind] = useState<ChannelKind>(item?.kind ?? "webhook")
  const [enabled, setEnabled] = useState(item?.enabled ?? true)
  const [values, setValues] = useState<Values>(item?.settings ?? {})
  const [secrets, setSecrets] = useState<Record<string, string>>({})
  const [fault, setFault] = useState<{ where: string; why: string } | null>(null)
  const form = CHANNEL_FORMS[kind]
  const way = values.way === "http" ? "http" : "smpp"
  const toBody = (): Channel => {
    setFault(null)
    const given = Object.entries(secrets).filter(([, value]) => value !== "")
    const body = { name: name.trim(), kind, enabled, settings: toSettings(kind, values) }
    return given.length > 0 ? { ...body, secrets: Object.fromEntries(given) } : body
  }
  const faultOf = (part: string): string | null => (fault?.where === `body.${part}` ? fault.why : null)
  const known = [
    ...form.settings.map((one) => `settings.${one.name}`),
    ...form.secrets.map((one) => `secrets.${one.name}`),
  ]
  return (
    <DocumentDialog
      kind="channel"
      id={item?.id ?? null}
      title={item ? `Change “${item.name}”` : "New channel"}
      toBody={toBody}
      onFault={({ where, message }) => {
        if (!known.some((one) => where === `body.${one}`)) return false
        setFault({ where, why: message })
        return true
      }}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name">
          <Input
            required
            maxLength={120}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label="Kind" hint={form.about}>
          <Select
            value={kind}
            disabled={item !== null}
            onChange={(event) => {
              setKind(event.target.value as ChannelKind)
              setValues({})
              setSecrets({})
            }}
          >
            {CHANNEL_KINDS.map((one) => (
              <option key={one} value={one}>
                {CHANNEL_FORMS[one].name}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      {kind === "sms" && (
        <Segments label="Way" choices={WAYS} value={way} onChange={(next) => setValues({ ...values, way: next })} />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        {fieldsOf(kind, way).map((field) => (
          <SettingInput
            key={`${kind} ${way} ${field.name}`}
            field={field}
            value={values[field.name] ?? field.start ?? ""}
            fault={faultOf(`settings.${field.name}`)}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        {form.secrets.map((field) => (
          <SettingInput
            key={`${kind} secret ${field.name}`}
            field={field}
            value={secrets[field.name] ?? ""}
            isSet={item?.hasSecret === true}
            fault={faultOf(`secrets.${field.name}`)}
            onChange={(value) => setSecrets({ ...secrets, [field.name]: String(value) })}
          />
        ))}
      </div>
      <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
        <div>
          <p className="mb-1 font-medium text-[13px] text-ink-2">Language when it is told itself</p>
          <Segments
            label="Language when it is told itself"
            choices={LANGUAGES}
            value={values.language === "zh" ? "zh" : "en"}
            onChange={(language) => setValues({ ...values, language })}
          />
        </div>
        <Check checked={enabled} onChange={(event) => setEnabled(event.target.checked)}>
          In use
        </Check>
      </div>
    </DocumentDialog>
  )
}
