"use client"
import Link from "next/link"
import { placeHref } from "../catalog/links.ts"
import { formatValue } from "../number/unit.ts"
import { Badge } from "../piece/badge.tsx"
import { Panel } from "../piece/panel.tsx"
import type { ServiceRow } from "./services.ts"
import { describeLevel, describePart, EVERYTHING } from "./words.ts"

const HEADS = ["Queue wait, most", "Calls", "Refused", "Held back by callers"]

/** Every service that answers calls: what it lets in, and what it did not. */
export function ServiceTable({ rows }: { rows: readonly ServiceRow[] }) {
  return (
    <Panel aria-label="Services" className="overflow-hidden">
      <div className="overflow-x-auto">
        <table data-testid="services" className="w-full text-[13px]">
          <thead className="text-left text-ink-3 text-xs">
            <tr>
              <th scope="col" className="px-4 py-2 font-medium">
                Service
              </th>
              <th scope="col" className="px-3 py-2 font-medium">
                Lets in, at least
              </th>
              {HEADS.map((name) => (
                <th key={name} scope="col" className="px-3 py-2 text-right font-medium whitespace-nowrap">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {rows.map((row) => (
              <ServiceLine key={`${row.service}/${row.subsystem}`} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

function ServiceLine({ row }: { row: ServiceRow }) {
  const { service, subsystem, level, waitMs, calls, shed, heldBack } = row
  const asked = calls + heldBack
  const sheds = level !== null && level < EVERYTHING
  const counted = (count: number): string =>
    count === 0 ? "0" : `${count.toLocaleString("en")} (${describePart(count / asked)})`
  return (
    <tr data-service={subsystem || service}>
      <th scope="row" className="px-4 py-2 text-left font-medium whitespace-nowrap">
        <Link prefetch={false} href={placeHref(service, subsystem)} className="hover:text-accent hover:underline">
          {[service, subsystem].filter(Boolean).join(" / ")}
        </Link>
      </th>
      <td className="min-w-56 px-3 py-2">
        <Badge tone={sheds ? "warn" : "ok"} icon={sheds ? "warning" : "check"}>
          {sheds ? "shed" : "kept up"}
        </Badge>{" "}
        <span className="text-ink-2">{describeLevel(level)}</span>
      </td>
      <td className="px-3 py-2 text-right tabular-nums whitespace-nowrap">{formatValue(waitMs, "ms", "max")}</td>
      <td className="px-3 py-2 text-right tabular-nums">{asked.toLocaleString("en")}</td>
      <td className="px-3 py-2 text-right tabular-nums whitespace-nowrap">{counted(shed)}</td>
      <td className="px-3 py-2 text-right tabular-nums whitespace-nowrap">{counted(heldBack)}</td>
    </tr>
  )
}
