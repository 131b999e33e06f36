"use client"
import type { Route } from "@ossagent/wire"
import Link from "next/link"
import { useState } from "react"
import { toDocument, useDocumentActs, useDocuments } from "../document/use-documents.ts"
import { Confirm } from "../piece/confirm.tsx"
import { moved } from "../piece/order.tsx"
import { Empty, Failure, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useAttempt } from "../shell/notice.tsx"
import { useMay } from "../shell/person.tsx"
import { RouteCard } from "./routecard.tsx"
import { RouteDialog } from "./routedialog.tsx"
import { nodeAt, type RoutePath, withChildren, withNode } from "./tree.ts"

type Open = { what: "edit" | "add" | "remove"; path: RoutePath }

/** The routing tree as nested cards: which alarms go to which policy. Every change is saved at once. */
export function Routes() {
  const may = useMay("operator")
  const attempt = useAttempt()
  const { save } = useDocumentActs()
  const { items, error, refresh } = useDocuments("route")
  const [open, setOpen] = useState<Open | null>(null)
  const item = items?.[0]
  const root = item && toDocument(item)
  const close = (): void => setOpen(null)
  const put = (next: Route): Promise<boolean> =>
    attempt("The routes are saved.", () => save("route", item?.id ?? null, next))
  const removed = open && root ? nodeAt(root, open.path) : undefined
  return (
    <Panel aria-label="Routes" className="overflow-hidden">
      <header className="border-line border-b px-4 py-2.5">
        <h2 className="font-semibold text-[15px]">Routes</h2>
        <p className="text-ink-3 text-xs">
          Which alarms go to which policy: the first route below that matches takes an alarm, the one above it what is
          left.{" "}
          <Link prefetch={false} href="/oncall/who" className="text-accent hover:underline">
            Who would get this?
          </Link>
        </p>
      </header>
      {error && <Failure error={error} onRetry={refresh} />}
      {items === null && !error && <SkeletonRows count={2} />}
      {items?.length === 0 && (
        <Empty icon="warning" title="There is no route yet">
          The alerting service makes the first one when it starts.
        </Empty>
      )}
      {root && (
        <div className="p-3 sm:p-4">
          <RouteCard
            node={root}
            path={[]}
            siblings={1}
            may={may}
            onOpen={(what, path) => setOpen({ what, path })}
            onMove={(path, to) =>
              void put(withChildren(root, path.slice(0, -1), (all) => moved(all, path.at(-1) ?? 0, to)))
            }
          />
        </div>
      )}
      {root && item && open && open.what !== "remove" && (
        <RouteDialog
          id={item.id}
          node={open.what === "edit" ? nodeAt(root, open.path) : undefined}
          isRoot={open.what === "edit" && open.path.length === 0}
          above={nodeAt(root, open.path) ?? root}
          toTree={(node) =>
            open.what === "edit"
              ? withNode(root, open.path, node)
              : withChildren(root, open.path, (all) => [...all, node])
          }
          onClose={close}
        />
      )}
      {root && open?.what === "remove" && removed && (
        <Confirm
          title={`Remove the route “${removed.name}”?`}
          action="Remove route"
          onConfirm={() =>
            put(withChildren(root, open.path.slice(0, -1), (all) => all.filter((one) => one !== removed)))
          }
          onClose={close}
        >
          What it took goes to the routes after it, or to the one above
          {removed.children.length > 0 ? "; the routes below it go too" : ""}.
        </Confirm>
      )}
    </Panel>
  )
}
