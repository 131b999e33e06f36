"use client"
import type { Contact } from "@ossagent/wire"
import { useState } from "react"
import { DocumentDialog } from "../document/documentdialog.tsx"
import { type Item, toDocument } from "../document/use-documents.ts"
import { Field, Input, Segments } from "../piece/field.tsx"
import { ownZone, ZoneField } from "../time/zones.tsx"
import { Preferences } from "./preferences.tsx"
import { LANGUAGES } from "./words.ts"

const toNew = (): Contact => ({ name: "", language: "en", timeZone: ownZone(), preferences: [] })

/** Fields that are left empty are left out. */
function toBody({ email, phone, im, ...draft }: Contact): Contact {
  const given = { email: email?.trim(), phone: phone?.replaceAll(/[\s()-]/g, ""), im: im?.trim() }
  const addresses = Object.fromEntries(Object.entries(given).filter(([, value]) => value))
  return { ...draft, name: draft.name.trim(), ...addresses }
}

export function ContactDialog({ item, onClose }: { item: Item<"contact"> | null; onClose: () => void }) {
  const [draft, setDraft] = useState<Contact>(() => (item ? toDocument(item) : toNew()))
  const change = (part: Partial<Contact>): void => setDraft({ ...draft, ...part })
  return (
    <DocumentDialog
      kind="contact"
      id={item?.id ?? null}
      title={item ? `Change “${item.name}”` : "New contact"}
      toBody={() => toBody(draft)}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name">
          <Input
            required
            maxLength={120}
            autoComplete="off"
            value={draft.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        </Field>
        <ZoneField value={draft.timeZone} onChange={(timeZone) => change({ timeZone })} hint="For hours and times." />
        <Field label="E-mail">
          <Input
            type="email"
            autoComplete="off"
            value={draft.email ?? ""}
            onChange={(event) => change({ email: event.target.value })}
          />
        </Field>
        <Field label="Phone" hint="International, for SMS: +8613800138000">
          <Input
            type="tel"
            autoComplete="off"
            value={draft.phone ?? ""}
            onChange={(event) => change({ phone: event.target.value })}
          />
        </Field>
        <Field label="Name in the IM" hint="The user name, as in the chat.">
          <Input autoComplete="off" value={draft.im ?? ""} onChange={(event) => change({ im: event.target.value })} />
        </Field>
        <div>
          <p className="mb-1 font-medium text-[13px] text-ink-2">Language of messages</p>
          <Segments
            label="Language of messages"
            choices={LANGUAGES}
            value={draft.language}
            onChange={(language) => change({ language })}
          />
        </div>
      </div>
      <Preferences value={draft.preferences} onChange={(preferences) => change({ preferences })} />
    </DocumentDialog>
  )
}
