"use client"
import type { Layer, Schedule } from "@ossagent/wire"
import { useState } from "react"
import { DocumentDialog } from "../document/documentdialog.tsx"
import { type Item, toDocument } from "../document/use-documents.ts"
import { useNames } from "../oncall/use-names.ts"
import { Button, IconButton } from "../piece/button.tsx"
import { Field, Input } from "../piece/field.tsx"
import { moved, withOne, without } from "../piece/order.tsx"
import { localNow } from "../time/days.ts"
import { When } from "../time/picker.tsx"
import { ownZone, ZoneField } from "../time/zones.tsx"
import { LayerFields } from "./layerfields.tsx"

const toLayer = (zone: string, name: string): Layer => ({
  ...{
    name,
    contacts: [],
    start: `${localNow(zone, Date.now()).slice(0, 10)}T09:00`,
    turn: { unit: "week", count: 1 },
  },
})
const toNew = (): Schedule => ({
  ...{ name: "", timeZone: ownZone(), layers: [toLayer(ownZone(), "Main")], overrides: [] },
})

function toBody(draft: Schedule): Schedule {
  const empty = draft.layers.find(({ contacts }) => contacts.length === 0)
  if (empty) throw new Error(`Add somebody to the layer “${empty.name}”.`)
  return { ...draft, name: draft.name.trim() }
}

export function ScheduleDialog({ item, onClose }: { item: Item<"schedule"> | null; onClose: () => void }) {
  const [draft, setDraft] = useState<Schedule>(() => (item ? toDocument(item) : toNew()))
  const { nameOf } = useNames()
  const change = (part: Partial<Schedule>): void => setDraft({ ...draft, ...part })
  const { layers, overrides } = draft
  return (
    <DocumentDialog
      kind="schedule"
      id={item?.id ?? null}
      title={item ? `Change “${item.name}”` : "New schedule"}
      toBody={() => toBody(draft)}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name">
          <Input
            required
            maxLength={120}
            placeholder="Back end, first line"
            value={draft.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        </Field>
        <ZoneField
          value={draft.timeZone}
          onChange={(timeZone) => change({ timeZone })}
          hint="Turns change at this zone’s time."
        />
      </div>
      {layers.map((layer, i) => (
        <LayerFields
          // biome-ignore lint/suspicious/noArrayIndexKey: a layer is known by its place
          key={i}
          layer={layer}
          at={i}
          count={layers.length}
          onChange={(next) => change({ layers: withOne(layers, i, next) })}
          onMove={(to) => change({ layers: moved(layers, i, to) })}
          onRemove={() => change({ layers: without(layers, i) })}
        />
      ))}
      <Button
        icon="plus"
        look="quiet"
        disabled={layers.length >= 20}
        onClick={() => change({ layers: [...layers, toLayer(draft.timeZone, `Layer ${layers.length + 1}`)] })}
      >
        Add layer
      </Button>
      {overrides.length > 0 && (
        <section aria-label="Taken over" className="space-y-1">
          <h3 className="font-medium text-[13px] text-ink-2">Taken over</h3>
          <ul>
            {overrides.map(({ contactId, from, to }, i) => (
              <li key={`${contactId} ${from}`} className="flex items-center gap-2 text-[13px]">
                <span className="min-w-0 flex-1 break-words">
                  {nameOf("contact", contactId)}, <When at={from} /> to <When at={to} />
                </span>
                <IconButton
                  icon="trash"
                  label={`Remove what ${nameOf("contact", contactId)} took over`}
                  onClick={() => change({ overrides: without(overrides, i) })}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
    </DocumentDialog>
  )
}
