"use client"
import type { BacktestAnswer, BacktestFiring, BacktestQuestion, NewRule } from "@ossagent/wire"
import { useState } from "react"
import { Button } from "../piece/button.tsx"
import { Failure } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { formatSpan } from "../time/clock.ts"
import { When } from "../time/picker.tsx"

const SPANS = [
  { name: "last day", ms: 86_400_000 },
  { name: "last week", ms: 7 * 86_400_000 },
] as const
const SHOWN = 8

/** What the rule would have done, asked for before it is saved. `read` gives the rule as it stands in the form, or throws what is wrong. */
export function Backtest({ read }: { read: () => NewRule }) {
  const [answer, setAnswer] = useState<BacktestAnswer | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  async function run(ms: number): Promise<void> {
    setBusy(true)
    setError(null)
    setAnswer(null)
    try {
      const to = Date.now()
      const body: BacktestQuestion = { rule: read(), from: to - ms, to }
      setAnswer(await call<BacktestAnswer>("/api/alerting/rules/backtest", { method: "POST", body }))
    } catch (fault) {
      setError(fault as Error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section aria-label="Back-test" className="space-y-2 rounded-md border border-line p-3">
      <p className="flex flex-wrap items-center gap-2 text-[13px] text-ink-2">
        <span className="mr-auto">What would it have done?</span>
        {SPANS.map(({ name, ms }) => (
          <Button key={name} disabled={busy} onClick={() => void run(ms)}>
            Try the {name}
          </Button>
        ))}
      </p>
      {busy && (
        <p role="status" className="text-[13px] text-ink-3">
          Replaying …
        </p>
      )}
      {error && <Failure error={error} />}
      {answer && <Fired answer={answer} />}
    </section>
  )
}

function Fired({ answer }: { answer: BacktestAnswer }) {
  const { fired, leftOff, complete, from, to, groups, firedPerDay } = answer
  const count = fired.length + leftOff
  return (
    <div data-testid="backtest" className="space-y-1.5 text-[13px]">
      <p className="font-medium">
        {count === 0
          ? "It would not have fired"
          : `It would have fired ${count === 1 ? "once" : `${count} times`}, ${firedPerDay} a day`}
        <span className="font-normal text-ink-3">
          , looking at {groups} {groups === 1 ? "group" : "groups"}
          {!complete && ` for ${formatSpan(to - from)}: the time for it was over`}
        </span>
      </p>
      <ul className="divide-y divide-line">
        {fired.slice(-SHOWN).map((one) => (
          <Line key={`${one.firedAt} ${one.title}`} fired={one} />
        ))}
      </ul>
      {count > SHOWN && <p className="text-ink-3 text-xs">The last {SHOWN} of them.</p>}
    </div>
  )
}

const Line = ({ fired }: { fired: BacktestFiring }) => (
  <li className="flex flex-wrap gap-x-3 py-1">
    <span className="text-ink-3 text-xs leading-5">
      <When at={fired.firedAt} />
      {fired.to !== null && ` for ${formatSpan(fired.to - fired.firedAt)}`}
    </span>
    <span className="min-w-0 flex-1 basis-56 break-words" title={fired.why}>
      {fired.title}
    </span>
  </li>
)
