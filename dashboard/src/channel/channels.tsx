"use client"
import Link from "next/link"
import { useState } from "react"
import { DocumentList } from "../document/documentlist.tsx"
import type { Item } from "../document/use-documents.ts"
import { Badge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Empty } from "../piece/panel.tsx"
import { ChannelDialog } from "./channeldialog.tsx"
import { CHANNEL_FORMS } from "./kinds.ts"
import { TestDialog } from "./testdialog.tsx"

/** Ways out: what each is set to, and a test through it. */
export function Channels() {
  const [editing, setEditing] = useState<Item<"channel"> | "new" | null>(null)
  const [testing, setTesting] = useState<Item<"channel"> | null>(null)
  return (
    <>
      <DocumentList
        kind="channel"
        title="Channels"
        about={
          <>
            Ways out to people. E-mail goes out without one, by the installation’s own mail server; what became of each
            message stands under{" "}
            <Link prefetch={false} href="/messages" className="text-accent hover:underline">
              Messages
            </Link>
            .
          </>
        }
        add="New channel"
        onAdd={() => setEditing("new")}
        onEdit={setEditing}
        empty={
          <Empty icon="send" title="No channel besides the built-in ones">
            Add SMS, a webhook, Slack, Feishu or WeCom, press Test, and name it in a{" "}
            <Link prefetch={false} href="/oncall/policies" className="text-accent underline">
              policy
            </Link>
            .
          </Empty>
        }
        badges={(item) => (
          <>
            <Badge tone="info">{CHANNEL_FORMS[item.kind].name}</Badge>
            {!item.enabled && <Badge icon="pause">off</Badge>}
          </>
        )}
        row={(item) => <Settings item={item} />}
        actions={(item) =>
          item.enabled && (
            <Button icon="send" onClick={() => setTesting(item)} aria-label={`Test ${item.name}`}>
              Test
            </Button>
          )
        }
        consequence={(item) => (
          <>
            Nothing goes out through <b>{item.name}</b> any more, and its secret is forgotten. A channel that a policy
            names cannot be removed.
          </>
        )}
      />
      {editing && <ChannelDialog item={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
      {testing && <TestDialog item={testing} onClose={() => setTesting(null)} />}
    </>
  )
}

function Settings({ item }: { item: Item<"channel"> }) {
  const { kind, settings, hasSecret } = item
  const form = CHANNEL_FORMS[kind]
  const labels = new Map([["way", "Way"], ...form.settings.map(({ name, label }) => [name, label] as const)])
  const shown = Object.entries(settings).filter(([name, value]) => value !== "" && labels.has(name))
  return (
    <dl className="flex flex-wrap gap-x-4 text-[13px] text-ink-2">
      {shown.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="inline text-ink-3">{labels.get(name)}: </dt>
          <dd className="inline break-all">{name === "way" ? String(value).toUpperCase() : describeValue(value)}</dd>
        </div>
      ))}
      {form.secrets.length > 0 && (
        <div>
          <dt className="inline text-ink-3">Secret: </dt>
          <dd className="inline">{hasSecret ? "set" : "none"}</dd>
        </div>
      )}
    </dl>
  )
}

const describeValue = (value: string | number | boolean): string =>
  value === true ? "yes" : value === false ? "no" : String(value)
