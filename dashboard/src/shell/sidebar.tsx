"use client"
import Link from "next/link"
import { usePathname } from "next/navigation"
import { useAlarms } from "../alarm/use-alarms.ts"
import { mayAs } from "../auth/roles.ts"
import { placeHref } from "../catalog/links.ts"
import { useOpenAlarms } from "../live/provider.tsx"
import { Icon } from "../piece/icon.tsx"
import { type Health, healthOf } from "../place/health.ts"
import { usePlaces } from "../place/use-places.ts"
import { useNow } from "../time/provider.tsx"
import { Logo } from "./logo.tsx"
import { NAV, type NavItem } from "./nav.ts"
import { usePerson } from "./person.tsx"

export function Sidebar({ onLeave }: { onLeave?: () => void }) {
  const { role } = usePerson()
  const items = NAV.filter((item) => mayAs(role, item.role))
  return (
    <nav aria-label="Main" className="flex h-full flex-col gap-5 overflow-y-auto px-3 py-3.5">
      <Link
        prefetch={false}
        href="/"
        onClick={onLeave}
        className="flex items-center gap-2.5 px-2 font-semibold text-[15px] tracking-tight"
      >
        <Logo />
        OssAgent
      </Link>
      {(["watch", "alarms", "people", "talk", "clients", "manage"] as const).map((group) => (
        <ul key={group} className="space-y-0.5">
          {items
            .filter((item) => item.group === group)
            .map((item) => (
              <NavLine key={item.href} item={item} onLeave={onLeave} />
            ))}
        </ul>
      ))}
      <Places onLeave={onLeave} />
    </nav>
  )
}

const LINE = "flex min-h-8 items-center gap-2.5 rounded-md px-2 text-[13px]"
const tone = (on: boolean): string =>
  on ? "bg-accent-soft font-medium text-accent" : "text-ink-2 hover:bg-sunken hover:text-ink"

function NavLine({ item, onLeave }: { item: NavItem; onLeave?: () => void }) {
  const pathname = usePathname()
  const on = item.href === "/" ? pathname === "/" : pathname.startsWith(item.href)
  return (
    <li>
      <Link
        href={item.href}
        prefetch={false}
        onClick={onLeave}
        aria-current={on ? "page" : undefined}
        className={`${LINE} ${tone(on)}`}
      >
        <Icon name={item.icon} />
        {item.name}
        {item.href === "/alarms" && <OpenCount />}
      </Link>
    </li>
  )
}

function OpenCount() {
  const open = useOpenAlarms()
  const count = open ? open.critical + open.warning + open.info : 0
  if (!open || count === 0) return null
  const look = open.critical > 0 ? "bg-bad text-surface" : "bg-warn text-surface"
  return (
    <span
      data-testid="open-alarms"
      className={`ml-auto rounded-full px-1.5 font-semibold text-[11px] leading-4.5 ${look}`}
    >
      {count}
      <span className="sr-only"> open</span>
    </span>
  )
}

const DOT: Record<Health["state"], string> = {
  critical: "bg-bad",
  warning: "bg-warn",
  info: "bg-info",
  silent: "border border-ink-3",
  healthy: "bg-ok",
}

function Places({ onLeave }: { onLeave?: () => void }) {
  const pathname = usePathname()
  const now = useNow(5_000)
  const { places } = usePlaces()
  const { alarms } = useAlarms({ state: "open" })
  if (!places || places.length === 0) return null
  return (
    <div>
      <h2 className="px-2 pb-1 font-medium text-[11px] text-ink-3 uppercase tracking-wider">Subsystems</h2>
      <ul className="space-y-0.5">
        {places.map((place) => {
          const { service, subsystem } = place
          const href = placeHref(service, subsystem)
          const { state, text } = healthOf(place, alarms ?? [], now)
          return (
            <li key={href}>
              <Link
                href={href}
                prefetch={false}
                onClick={onLeave}
                aria-current={pathname === href ? "page" : undefined}
                className={`${LINE} min-h-7 ${tone(pathname === href)}`}
              >
                <span aria-hidden="true" className={`size-1.5 shrink-0 rounded-full ${DOT[state]}`} />
                <span className="truncate">
                  {service}
                  <span className="text-ink-3"> / {subsystem}</span>
                </span>
                {state !== "healthy" && <span className="sr-only">{text}</span>}
              </Link>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
