import type { WhoAnswer } from "@ossagent/wire"
import { CHANNEL_NAMES } from "../message/words.ts"
import { describeMinutes } from "../time/days.ts"

type Step = WhoAnswer["steps"][number]
type Told = Step["people"][number]

/** Each step with whom it tells. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  if (steps.length === 0) return <p className="text-[13px] text-bad">Nobody would be told: the policy has no step.</p>
  return (
    <ol className="space-y-3">
      {steps.map(({ policyName, afterMin, people, unreached }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place
        <li key={i} className="rounded-md border border-line p-3 text-[13px]">
          <h3 className="font-medium">
            {afterMin === 0 ? "At once" : `After ${describeMinutes(afterMin)} without acknowledgement`}
            <span className="font-normal text-ink-3"> · {policyName}</span>
          </h3>
          {people.length === 0 && <p className="mt-1 text-bad">This step reaches nobody.</p>}
          <ul className="mt-1 space-y-1">
            {people.map((one) => (
              <li key={`${one.channel} ${one.to} ${one.channelName}`} className="break-words">
                {describeTold(one)} <span className="text-ink-3">{describeWhy(one)}</span>
              </li>
            ))}
          </ul>
          {unreached.map((why) => (
            <p key={why} className="mt-1 text-warn">
              Not reached: {why}.
            </p>
          ))}
        </li>
      ))}
    </ol>
  )
}

function describeTold({ contactName, channel, channelName, to }: Told): string {
  const way = CHANNEL_NAMES[channel]
  const place = to === "" || to === contactName ? "" : ` to ${to}`
  return contactName === null ? `${channelName} (${way})${place}` : `${contactName} by ${way}${place}`
}

function describeWhy({ afterSec, why }: Told): string {
  const after = afterSec > 0 ? `${afterSec} s later, when the way before has not delivered` : ""
  return [why === "named" ? "named by the policy" : why, after].filter(Boolean).join("; ")
}
