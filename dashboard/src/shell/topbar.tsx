"use client"
import { useLiveStatus } from "../live/provider.tsx"
import { Button, IconButton } from "../piece/button.tsx"
import { Icon } from "../piece/icon.tsx"
import { MenuItem, Popover } from "../piece/popover.tsx"
import { useZone } from "../time/provider.tsx"
import { usePerson } from "./person.tsx"
import { ThemeButton } from "./theme.tsx"

interface TopbarProps {
  onMenu: () => void
  onSearch: () => void
  onHelp: () => void
}

export function Topbar({ onMenu, onSearch, onHelp }: TopbarProps) {
  return (
    <header className="sticky top-0 z-30 flex h-13 items-center gap-1 border-line border-b bg-bg/90 px-3 backdrop-blur sm:px-5">
      <IconButton icon="menu" label="Menu" onClick={onMenu} className="-ml-1 lg:hidden" />
      <button
        type="button"
        onClick={onSearch}
        aria-label="Search"
        className="flex min-h-8 min-w-0 flex-1 items-center gap-2 rounded-md border border-line-strong/60 bg-surface px-2.5 text-[13px] text-ink-3 hover:border-line-strong sm:max-w-72"
      >
        <Icon name="search" />
        <span className="truncate">Search metrics, pages …</span>
        <kbd className="ml-auto hidden rounded border border-line bg-sunken px-1 font-sans text-[11px] sm:inline">
          Ctrl K
        </kbd>
      </button>
      <div className="ml-auto flex items-center gap-0.5">
        <LiveMark />
        <span className="hidden sm:contents">
          <ZoneButton />
        </span>
        <ThemeButton />
        <span className="hidden sm:contents">
          <IconButton icon="help" label="Keyboard help" onClick={onHelp} />
        </span>
        <PersonMenu />
      </div>
    </header>
  )
}

const STATES = {
  live: ["Live", "text-ok", "live"],
  opening: ["Connecting", "text-ink-3", "live"],
  lost: ["Stale", "text-bad", "warning"],
  paused: ["Paused", "text-ink-3", "pause"],
} as const

/** Whether what is on the page still moves. */
function LiveMark() {
  const { state, why } = useLiveStatus()
  const [word, look, icon] = STATES[state]
  return (
    <span
      role="status"
      data-testid="live-state"
      data-state={state}
      title={why || (state === "live" ? "Figures arrive as they are recorded" : word)}
      className={`mr-1 inline-flex items-center gap-1.5 px-1.5 font-medium text-[13px] ${look}`}
    >
      <Icon name={icon} />
      <span className="hidden sm:inline">{word}</span>
    </span>
  )
}

function ZoneButton() {
  const { zone, setZone } = useZone()
  return (
    <Button
      look="quiet"
      className="!px-2"
      title={
        zone === "utc" ? "All times are UTC; press for this machine’s" : "All times are this machine’s; press for UTC"
      }
      aria-label={`Times are ${zone === "utc" ? "UTC" : "local"}; switch`}
      onClick={() => setZone(zone === "utc" ? "local" : "utc")}
    >
      {zone === "utc" ? "UTC" : "Local"}
    </Button>
  )
}

function PersonMenu() {
  const { name, email, role } = usePerson()
  const { zone, setZone } = useZone()
  async function logOut(): Promise<void> {
    await fetch("/api/auth/sign-out", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })
    window.location.assign("/login")
  }
  return (
    <Popover
      look="quiet"
      title="Your account"
      label={
        <span className="flex size-6 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent text-xs uppercase">
          {name.slice(0, 1)}
        </span>
      }
    >
      {(close) => (
        <div className="w-60">
          <div className="mb-1 border-line border-b px-2.5 py-1.5">
            <div className="truncate font-medium">{name}</div>
            <div className="truncate text-ink-3 text-xs">{email}</div>
            <div className="text-ink-3 text-xs">{role}</div>
          </div>
          <MenuItem onClick={() => window.location.assign("/account")}>
            <Icon name="key" /> Change password
          </MenuItem>
          <div className="sm:hidden">
            <MenuItem
              onClick={() => {
                setZone(zone === "utc" ? "local" : "utc")
                close()
              }}
            >
              <Icon name="clock" /> Times in {zone === "utc" ? "local time" : "UTC"}
            </MenuItem>
          </div>
          <MenuItem onClick={() => void logOut()}>
            <Icon name="out" /> Log out
          </MenuItem>
        </div>
      )}
    </Popover>
  )
}
