"use client"
import type { Route } from "@ossagent/wire"
import { MatcherList } from "../matcher/matcherlist.tsx"
import { useNames } from "../oncall/use-names.ts"
import { Badge } from "../piece/badge.tsx"
import { Button, IconButton } from "../piece/button.tsx"
import type { RoutePath } from "./tree.ts"

const MOST_DEPTH = 8

interface RouteCardProps {
  node: Route
  path: RoutePath
  siblings: number
  may: boolean
  onOpen: (what: "edit" | "add" | "remove", path: RoutePath) => void
  onMove: (path: RoutePath, to: number) => void
}

/** One route with those below it. */
export function RouteCard({ node, path, siblings, may, onOpen, onMove }: RouteCardProps) {
  const { nameOf } = useNames()
  const isRoot = path.length === 0
  const at = path.at(-1) ?? 0
  const { name, matchers, policyId, groupBy, groupWaitSec, children } = node
  return (
    <section aria-label={`Route ${name}`} data-testid="route" className="rounded-md border border-line bg-surface p-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56 space-y-1 text-[13px]">
          <p className="flex flex-wrap items-center gap-1.5">
            <span className="font-medium text-sm break-words">{name}</span>
            {node.continue && <Badge tone="info">then goes on</Badge>}
          </p>
          <MatcherList matchers={matchers} none={isRoot ? "what no route below takes" : "every alarm"} />
          <p className="text-ink-2 break-words">
            policy <b className="font-medium">{nameOf("policy", policyId)}</b>
          </p>
          <p className="text-ink-3 text-xs break-words">
            {groupBy.length === 0
              ? "what fires together in one place is one incident"
              : `one incident by ${groupBy.join(", ")}`}
            {groupWaitSec > 0 && `, waits ${groupWaitSec} s for company`}
          </p>
        </div>
        {may && (
          <div className="flex flex-wrap items-center">
            {!isRoot && siblings > 1 && (
              <>
                <IconButton
                  icon="up"
                  label={`Move ${name} up`}
                  disabled={at === 0}
                  onClick={() => onMove(path, at - 1)}
                />
                <IconButton
                  icon="down"
                  label={`Move ${name} down`}
                  disabled={at === siblings - 1}
                  onClick={() => onMove(path, at + 1)}
                />
              </>
            )}
            <IconButton icon="edit" label={`Change ${name}`} onClick={() => onOpen("edit", path)} />
            {!isRoot && <IconButton icon="trash" label={`Remove ${name}`} onClick={() => onOpen("remove", path)} />}
            {path.length < MOST_DEPTH - 1 && (
              <Button icon="plus" onClick={() => onOpen("add", path)} aria-label={`Add a route below ${name}`}>
                Add below
              </Button>
            )}
          </div>
        )}
      </div>
      {children.length > 0 && (
        <ol className="mt-3 space-y-2 border-line-strong/60 border-l-2 pl-2 sm:pl-4">
          {children.map((child, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a route is known by its place
            <li key={i}>
              <RouteCard
                node={child}
                path={[...path, i]}
                siblings={children.length}
                may={may}
                onOpen={onOpen}
                onMove={onMove}
              />
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
