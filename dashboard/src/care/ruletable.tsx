"use client"
import type { CareReport } from "@ossagent/wire"
import Link from "next/link"
import { Badge } from "../piece/badge.tsx"
import { Panel } from "../piece/panel.tsx"
import { formatSpan } from "../time/clock.ts"
import { byNoise, describeNoise } from "./noise.ts"

type Rule = CareReport["rules"][number]
const HEADS = ["Fired", "Flapped", "Acknowledged", "Useful", "Noise", "Open, median"]

/** Which rules call people, and whether it was worth it; those that look like noise first. */
export function RuleTable({ rules }: { rules: readonly Rule[] }) {
  return (
    <Panel aria-label="By rule" className="overflow-hidden">
      <header className="border-line border-b px-4 py-2.5">
        <h2 className="font-semibold text-[15px]">By rule</h2>
        <p className="text-ink-3 text-xs">
          Those that look like noise first. Change them under{" "}
          <Link prefetch={false} href="/rules" className="text-accent hover:underline">
            Rules
          </Link>
          .
        </p>
      </header>
      <div className="overflow-x-auto">
        <table data-testid="noisy" className="w-full text-[13px]">
          <thead className="text-left text-ink-3 text-xs">
            <tr>
              <th scope="col" className="px-4 py-1.5 font-medium">
                Rule
              </th>
              {HEADS.map((name) => (
                <th key={name} scope="col" className="px-3 py-1.5 text-right font-medium whitespace-nowrap">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {rules.toSorted(byNoise).map((rule) => (
              <RuleLine key={`${rule.ruleId} ${rule.ruleName}`} rule={rule} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

function RuleLine({ rule }: { rule: Rule }) {
  const { ruleName, fired, flapped, acknowledged, useful, noise, medianOpenSec } = rule
  const why = describeNoise(rule)
  return (
    <tr>
      <th scope="row" className="min-w-48 px-4 py-2 text-left font-medium break-words">
        {ruleName}{" "}
        {why && (
          <span title={why}>
            <Badge tone="warn" icon="warning">
              {why}
            </Badge>
          </span>
        )}
      </th>
      {[fired, flapped, acknowledged, useful, noise].map((count, i) => (
        <td key={HEADS[i]} className="px-3 py-2 text-right tabular-nums">
          {count.toLocaleString("en")}
        </td>
      ))}
      <td className="px-3 py-2 text-right whitespace-nowrap">
        {medianOpenSec === null ? "–" : formatSpan(medianOpenSec * 1_000)}
      </td>
    </tr>
  )
}
