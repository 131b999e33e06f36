import type { LogicModuleState } from "@ossagent/wire"
import { Badge } from "../piece/badge.tsx"
import { Empty, Panel } from "../piece/panel.tsx"
import { VERSION_STATES } from "./words.ts"

/** What runs where, as the processes say. */
export function Modules({ modules }: { modules: readonly LogicModuleState[] }) {
  return (
    <Panel aria-label="Modules" className="overflow-hidden">
      <h2 className="border-line border-b px-4 py-2.5 font-semibold text-[15px]">Modules</h2>
      {modules.length === 0 && (
        <Empty icon="release" title="No service has logic that can be released">
          A service hands methods to logic with <code className="font-mono text-xs">openLogic</code>; its modules come
          here by themselves. See svrkit’s README.
        </Empty>
      )}
      <ul data-testid="modules" className="divide-y divide-line">
        {modules.map((one) => (
          <Module key={one.module} state={one} />
        ))}
      </ul>
    </Panel>
  )
}

function Module({ state: { module, service, current, found, instances } }: { state: LogicModuleState }) {
  const others = found.filter((version) => version !== current)
  return (
    <li className="space-y-1.5 px-4 py-3 text-[13px]">
      <div className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
        <span className="font-medium">{module}</span>
        <span className="text-ink-3">of {service}</span>
        <Badge tone="ok">version {current} runs</Badge>
        {others.length > 0 && <span className="text-ink-3 break-all">also there: {others.join(", ")}</span>}
      </div>
      {instances.length === 0 && <p className="text-ink-3">No process reports it now.</p>}
      {instances.map(({ instance, versions }) => (
        <p key={instance} className="flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-2">
          <code className="font-mono text-ink-3 text-xs" title={instance}>
            {instance.slice(0, 8)}
          </code>
          {versions.map(({ version, state, why }) => {
            const [tone, icon, word] = VERSION_STATES[state]
            return (
              <span key={version + state} className="inline-flex flex-wrap items-center gap-1">
                <Badge tone={tone} icon={icon}>
                  {version} {word}
                </Badge>
                {why && <span className="text-ink-3 break-words">{why}</span>}
              </span>
            )
          })}
        </p>
      ))}
    </li>
  )
}
