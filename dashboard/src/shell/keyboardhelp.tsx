"use client"
import { Dialog } from "../piece/dialog.tsx"
import { NAV } from "./nav.ts"

const GENERAL: [string[], string][] = [
  [["Ctrl", "K"], "Search subsystems, metrics and pages; also /"],
  [["?"], "This help"],
  [["d"], "Light or dark"],
  [["["], "Earlier by half the range"],
  [["]"], "Later by half the range"],
  [["-"], "Zoom out: twice the range"],
  [["b"], "Back to before zooming in"],
]
const ALARMS: [string[], string][] = [
  [["j"], "Next one"],
  [["k"], "The one before"],
  [["Enter"], "Open it"],
  [["a"], "Acknowledge it"],
  [["s"], "Silence the alarm"],
  [["r"], "Resolve the alarm"],
]
const CHAT: [string[], string][] = [
  [["↑", "↓"], "Conversation before, next"],
  [["Alt", "↑", "↓"], "The same while you write"],
  [["Enter"], "Send"],
  [["Shift", "Enter"], "New line"],
  [["Esc"], "Back to the list"],
]

export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose} wide>
      <div className="grid gap-6 sm:grid-cols-2">
        <Keys title="Everywhere" keys={GENERAL} />
        <Keys title="Go to" keys={NAV.map(({ key, name }) => [["g", key], name])} />
        <Keys title="In the lists of incidents and alarms" keys={ALARMS} />
        <Keys title="In the chat" keys={CHAT} />
      </div>
    </Dialog>
  )
}

function Keys({ title, keys }: { title: string; keys: [string[], string][] }) {
  return (
    <section>
      <h3 className="mb-2 font-medium text-[13px] text-ink-3">{title}</h3>
      <dl className="space-y-1.5 text-[13px]">
        {keys.map(([combination, what]) => (
          <div key={what} className="flex items-baseline gap-2">
            <dt className="w-28 shrink-0 space-x-1">
              {combination.map((key) => (
                <kbd key={key} className="rounded border border-line-strong bg-sunken px-1.5 py-0.5 font-mono text-xs">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
