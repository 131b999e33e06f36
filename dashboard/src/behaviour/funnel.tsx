"use client"
import type { FunnelAnswer, FunnelGroup } from "@ossagent/wire"
import { Button, IconButton } from "../piece/button.tsx"
import { Select } from "../piece/field.tsx"
import { Failure, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useQuery } from "../time/provider.tsx"
import { EventChoice, Frame } from "./frame.tsx"
import { formatCount, formatShare } from "./share.ts"
import { formatSteps, toSteps } from "./steps.ts"
import { useBehaviour } from "./use-behaviour.ts"

const MOST_STEPS = 8
const WITHIN = [
  { sec: 60, name: "a minute" },
  { sec: 3_600, name: "an hour" },
  { sec: 86_400, name: "a day" },
  { sec: 7 * 86_400, name: "a week" },
]
const A_DAY = 86_400

/** How far users come, step by step; the steps stand in the address. */
export function Funnel() {
  return (
    <Frame about="How many users come from one step to the next, in order and in time">
      {(events) => <Steps events={events} />}
    </Frame>
  )
}

function Steps({ events }: { events: string[] }) {
  const [query, change] = useQuery()
  const named = toSteps(query.get("steps") ?? "")
  const steps = named.length >= 2 ? named.slice(0, MOST_STEPS) : events.slice(0, 2)
  const withinSec = WITHIN.find(({ sec }) => String(sec) === query.get("within"))?.sec ?? A_DAY
  const byVersion = query.get("by") === "version"
  const isWhole = steps.length >= 2 && new Set(steps).size === steps.length
  const { answer, error, refresh } = useBehaviour("funnel", isWhole ? { steps, withinSec, byVersion } : null)
  const set = (next: readonly string[]) => change({ steps: formatSteps(next) })
  const unused = events.find((name) => !steps.includes(name))
  return (
    <div className="space-y-4">
      <Panel aria-label="Steps" className="space-y-2 p-4">
        <ol className="space-y-2">
          {steps.map((step, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
            <li key={i} className="flex items-center gap-2">
              <EventChoice
                label={`${i + 1}.`}
                value={step}
                events={events}
                onChange={(name) => set(steps.map((one, at) => (at === i ? name : one)))}
              />
              {steps.length > 2 && (
                <IconButton
                  icon="close"
                  label={`Remove step ${i + 1}`}
                  onClick={() => set(steps.filter((_, at) => at !== i))}
                />
              )}
            </li>
          ))}
        </ol>
        <div className="flex flex-wrap items-center gap-3">
          {unused !== undefined && steps.length < MOST_STEPS && (
            <Button icon="plus" onClick={() => set([...steps, unused])}>
              Add a step
            </Button>
          )}
          <div className="flex items-center gap-2 text-[13px] text-ink-2">
            all within
            <Select
              aria-label="Within"
              className="!w-auto"
              value={withinSec}
              onChange={({ target }) => change({ within: target.value })}
            >
              {WITHIN.map(({ sec, name }) => (
                <option key={sec} value={sec}>
                  {name}
                </option>
              ))}
            </Select>
          </div>
        </div>
        {steps.length >= 2 && !isWhole && (
          <p role="alert" className="text-[13px] text-bad">
            Each step must be another event.
          </p>
        )}
      </Panel>
      {error && <Failure error={error} onRetry={refresh} />}
      {!answer && !error && isWhole && <SkeletonRows count={3} />}
      {answer && isWhole && <Result answer={answer} />}
    </div>
  )
}

function Result({ answer: { steps, groups } }: { answer: FunnelAnswer }) {
  const [all, ...versions] = groups
  return (
    <>
      {all && <Bars steps={steps} group={all} />}
      {versions.length > 0 && <Versions steps={steps} versions={versions} />}
    </>
  )
}

function Bars({ steps, group: { users } }: { steps: string[]; group: FunnelGroup }) {
  const [most = 0] = users
  return (
    <Panel aria-label="Funnel" className="p-4">
      <ol data-testid="funnel" className="space-y-3">
        {steps.map((step, i) => {
          const count = users[i] ?? 0
          return (
            <li key={step} className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 text-[13px]">
              <span className="truncate font-medium">{step}</span>
              <span className="tabular-nums">
                {formatCount(count)} users{" "}
                <span className="text-ink-3">
                  {formatShare(count, most)}
                  {i > 0 && `, ${formatShare(count, users[i - 1] ?? 0)} of the step before`}
                </span>
              </span>
              <span className="col-span-2 mt-1 h-5 rounded bg-sunken">
                <span
                  className="block h-full rounded bg-[var(--s0)]"
                  style={{ width: `${most > 0 ? (count / most) * 100 : 0}%` }}
                />
              </span>
            </li>
          )
        })}
      </ol>
      {most === 0 && <p className="mt-3 text-[13px] text-ink-3">Nobody came to the first step in this time.</p>}
    </Panel>
  )
}

function Versions({ steps, versions }: { steps: string[]; versions: FunnelGroup[] }) {
  return (
    <Panel aria-label="By version" className="overflow-x-auto">
      <table className="w-full text-[13px] tabular-nums">
        <thead>
          <tr className="text-ink-3 text-xs">
            <th scope="col" className="px-4 py-2 text-left font-medium">
              Version
            </th>
            {steps.map((step) => (
              <th key={step} scope="col" className="px-4 py-2 text-right font-medium">
                {step}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {versions.map(({ version, users }) => (
            <tr key={version} className="border-line border-t">
              <th scope="row" className="px-4 py-2 text-left font-medium">
                {version || "(none)"}
              </th>
              {users.map((count, i) => (
                <td key={steps[i]} className="px-4 py-2 text-right whitespace-nowrap">
                  {formatCount(count)} <span className="text-ink-3">{formatShare(count, users[0] ?? 0)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
