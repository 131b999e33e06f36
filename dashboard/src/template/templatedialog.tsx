"use client"
import type { ChannelKind, Language, MessageKind, Template } from "@ossagent/wire"
import { useRef, useState } from "react"
import useSWR from "swr"
import { LANGUAGES } from "../contact/words.ts"
import { DocumentDialog } from "../document/documentdialog.tsx"
import { type Item, toDocument } from "../document/use-documents.ts"
import { CHANNEL_NAMES, KIND_NAMES } from "../message/words.ts"
import { Field, Input, Select, TextArea } from "../piece/field.tsx"
import { call } from "../question/ask.ts"
import { lineRange, withText } from "./text.ts"

const NEW: Template = {
  ...{ name: "", message: "firing", channel: "email", language: "en", subject: "" },
  body: "{{ title }}\n{{ why }}\n\n{{ link }}\n",
}
/** What has a headline beside its text. */
const HEADED: readonly ChannelKind[] = ["email", "webhook", "slack", "feishu", "wecom"]

type Fault = { field: "subject" | "body"; why: string }

/** A text with the variables of its kind of message beside it; what is wrong is said at its field, with the line. */
export function TemplateDialog({ item, onClose }: { item: Item<"template"> | null; onClose: () => void }) {
  const [draft, setDraft] = useState<Template>(() => (item ? toDocument(item) : NEW))
  const [fault, setFault] = useState<Fault | null>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  const change = (part: Partial<Template>): void => setDraft({ ...draft, ...part })
  const isHeaded = HEADED.includes(draft.channel)
  const toBody = (): Template => {
    setFault(null)
    const { subject, ...rest } = draft
    const body = { ...rest, name: draft.name.trim() }
    return isHeaded && subject?.trim() ? { ...body, subject } : body
  }
  const insert = (name: string): void => {
    const at = area.current
    const made = withText(draft.body, `{{ ${name} }}`, { from: at?.selectionStart ?? 0, to: at?.selectionEnd ?? 0 })
    change({ body: made.text })
    requestAnimationFrame(() => {
      at?.focus()
      at?.setSelectionRange(made.at, made.at)
    })
  }
  return (
    <DocumentDialog
      kind="template"
      id={item?.id ?? null}
      title={item ? `Change “${item.name}”` : "New template"}
      toBody={toBody}
      onFault={({ where, message }) => {
        const field = where === "body.subject" ? "subject" : where === "body.body" ? "body" : null
        if (field === null) return false
        setFault({ field, why: message })
        const line = lineRange(draft.body, message)
        if (field === "body" && line) {
          area.current?.focus()
          area.current?.setSelectionRange(line.from, line.to)
        }
        return true
      }}
      onClose={onClose}
    >
      <Kinds draft={draft} onChange={change} />
      {isHeaded && (
        <Field
          label="Subject or headline"
          hint="Empty: the product’s own."
          fault={fault?.field === "subject" ? fault.why : null}
        >
          <Input
            maxLength={500}
            value={draft.subject ?? ""}
            onChange={(event) => change({ subject: event.target.value })}
            className="font-mono"
          />
        </Field>
      )}
      <Field label="Text" fault={fault?.field === "body" ? fault.why : null}>
        <TextArea
          ref={area}
          required
          rows={9}
          maxLength={10_000}
          spellCheck={false}
          aria-invalid={fault?.field === "body"}
          value={draft.body}
          onChange={(event) => change({ body: event.target.value })}
          className="font-mono"
        />
      </Field>
      <Variables kind={draft.message} onChoose={insert} />
    </DocumentDialog>
  )
}

function Kinds({ draft, onChange }: { draft: Template; onChange: (part: Partial<Template>) => void }) {
  const { name, message, channel, language } = draft
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Name">
        <Input required maxLength={120} value={name} onChange={(event) => onChange({ name: event.target.value })} />
      </Field>
      <Field label="Of messages that say">
        <Select value={message} onChange={(event) => onChange({ message: event.target.value as MessageKind })}>
          {Object.entries(KIND_NAMES).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="On">
        <Select value={channel} onChange={(event) => onChange({ channel: event.target.value as ChannelKind })}>
          {Object.entries(CHANNEL_NAMES).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Language">
        <Select value={language} onChange={(event) => onChange({ language: event.target.value as Language })}>
          {LANGUAGES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
    </div>
  )
}

/** How lists and choices are written, by what a message knows. */
const EXAMPLES: [string, string][] = [
  ["items", "{% for item in items %}{{ item.title }}{% endfor %}, {% if moreItems > 0 %} … {% endif %}"],
  ["alarms", "{% for alarm in alarms %}{{ alarm.title }}{% endfor %}, {% if culprit %} … {% endif %}"],
]

function Variables({ kind, onChoose }: { kind: MessageKind; onChoose: (name: string) => void }) {
  const { data } = useSWR<{ kinds: Record<MessageKind, string[]> }, Error>(
    "/api/alerting/templates/variables",
    (path: string) => call<{ kinds: Record<MessageKind, string[]> }>(path),
  )
  const example = EXAMPLES.find(([name]) => data?.kinds[kind].includes(name))?.[1]
  return (
    <section aria-label="Variables">
      <h3 className="mb-1 font-medium text-[13px] text-ink-2">
        What this message knows; a press puts it into the text
      </h3>
      <ul className="flex flex-wrap gap-1">
        {data?.kinds[kind].map((name) => (
          <li key={name}>
            <button
              type="button"
              onClick={() => onChoose(name)}
              className="rounded bg-sunken px-1.5 py-0.5 font-mono text-ink-2 text-xs hover:text-accent"
            >
              {name}
            </button>
          </li>
        ))}
      </ul>
      {example && <p className="mt-1 text-ink-3 text-xs break-words">Also such as {example}</p>}
    </section>
  )
}
