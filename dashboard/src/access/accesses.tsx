"use client"
import type { AccessNode } from "@ossagent/wire"
import { useState } from "react"
import { Badge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Field, Select } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useMay } from "../shell/person.tsx"
import { FormDialog } from "../throttle/section.tsx"
import { useGuard, useGuardActs } from "../throttle/use-guard.ts"
import { formatAgo, formatSpan } from "../time/clock.ts"
import { useNow } from "../time/provider.tsx"

const LENGTHS: [name: string, sec: number][] = [
  ["10 seconds", 10],
  ["30 seconds", 30],
  ["2 minutes", 120],
  ["10 minutes", 600],
]
const HEADS = ["Region", "Carrier", "Connections", "Load", "Heard of"]

/** The processes that hold clients' connections: how full they are, and which are to be emptied. */
export function Accesses() {
  const may = useMay("operator")
  const { data, error, refresh } = useGuard<{ accesses: AccessNode[] }>("accesses")
  const [drained, setDrained] = useState<AccessNode | null>(null)
  const nodes = data?.accesses ?? null
  const staying = nodes?.filter(({ drainUntil }) => drainUntil === null).length ?? 0
  return (
    <>
      <PageHead title="Access nodes" about="Where clients are connected; dispatch names the nearest with room" />
      <div className="space-y-4">
        {error && <Failure error={error} onRetry={refresh} />}
        <Panel aria-label="Access nodes" className="overflow-hidden">
          {nodes === null && !error && <SkeletonRows count={2} />}
          {nodes?.length === 0 && (
            <Empty icon="warning" title="No access is there">
              Clients cannot connect. Start one: `node im-services/dist/access/main.js`; it reports within two seconds.
            </Empty>
          )}
          {nodes !== null && nodes.length > 0 && (
            <div className="relative overflow-x-auto">
              <table data-testid="accesses" className="w-full text-[13px]">
                <thead className="text-left text-ink-3 text-xs">
                  <tr>
                    <th scope="col" className="px-4 py-1.5 font-medium">
                      Address
                    </th>
                    {HEADS.map((name, i) => (
                      <th
                        key={name}
                        scope="col"
                        className={`px-3 py-1.5 font-medium whitespace-nowrap ${i > 1 ? "text-right" : ""}`}
                      >
                        {name}
                      </th>
                    ))}
                    <th scope="col" className="px-4 py-1.5">
                      <span className="sr-only">What can be done</span>
                    </th>
                  </tr>
                </thead>
                <tbody className="divide-y divide-line">
                  {nodes.map((node) => (
                    <Node key={node.run} node={node} may={may} onDrain={() => setDrained(node)} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Panel>
      </div>
      {drained && <DrainDialog node={drained} last={staying <= 1} onClose={() => setDrained(null)} />}
    </>
  )
}

function Node({ node, may, onDrain }: { node: AccessNode; may: boolean; onDrain: () => void }) {
  const { run, tcp, ws, region, carrier, connections, capacity, heardAt, drainUntil } = node
  const now = useNow(1_000)
  const { attempt } = useGuardActs()
  return (
    <tr data-testid="access" data-run={run}>
      <th scope="row" className="min-w-56 px-4 py-2 text-left font-medium break-words" title={`run ${run}`}>
        {tcp} <DrainBadge until={drainUntil} now={now} connections={connections} />
        <span className="block font-normal text-ink-3 text-xs break-all">{ws}</span>
      </th>
      <td className="px-3 py-2">{region || "–"}</td>
      <td className="px-3 py-2">{carrier || "–"}</td>
      <td className="px-3 py-2 text-right tabular-nums whitespace-nowrap">
        {connections.toLocaleString("en")} <span className="text-ink-3">of {capacity.toLocaleString("en")}</span>
      </td>
      <td className="px-3 py-2 text-right tabular-nums">{formatLoad(connections / Math.max(1, capacity))}</td>
      <td className="px-3 py-2 text-right whitespace-nowrap">{now > 0 ? formatAgo(heardAt, now) : "–"}</td>
      <td className="px-4 py-2 text-right">
        {may && drainUntil === null && (
          <Button onClick={onDrain} aria-label={`Drain ${tcp}`}>
            Drain
          </Button>
        )}
        {may && drainUntil !== null && (
          <Button
            aria-label={`Keep ${tcp}`}
            onClick={() =>
              void attempt(`${tcp} takes clients again.`, { method: "DELETE", path: `accesses/${run}/drain` })
            }
          >
            Keep
          </Button>
        )}
      </td>
    </tr>
  )
}

const formatLoad = (load: number): string => (load > 0 && load < 0.001 ? "< 0.1 %" : `${(100 * load).toFixed(1)} %`)

function DrainBadge({ until, now, connections }: { until: number | null; now: number; connections: number }) {
  if (until === null || now === 0) return null
  if (connections === 0)
    return (
      <Badge tone="ok" icon="check">
        empty
      </Badge>
    )
  return (
    <Badge tone="warn" icon="out">
      {until > now ? `empties within ${formatSpan(until - now)}` : "should be empty"}
    </Badge>
  )
}

function DrainDialog({ node, last, onClose }: { node: AccessNode; last: boolean; onClose: () => void }) {
  const { change } = useGuardActs()
  const [sec, setSec] = useState("30")
  const save = (): Promise<void> =>
    change({ method: "POST", path: `accesses/${node.run}/drain`, body: { sec: Number(sec) } })
  return (
    <FormDialog title={`Drain ${node.tcp}`} action="Drain" onSave={save} onClose={onClose}>
      <p className="text-[13px] text-ink-2">
        Dispatch names it no more, and its {node.connections.toLocaleString("en")} clients are told to move, each at a
        moment of its own. Nothing that is under way is lost. The process goes on running until you stop it.
      </p>
      {last && (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-[13px] text-bad">
          This is the only access that takes clients: once it is empty, nobody can connect.
        </p>
      )}
      <Field label="Empty within">
        <Select value={sec} onChange={(event) => setSec(event.target.value)}>
          {LENGTHS.map(([name, value]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
    </FormDialog>
  )
}
