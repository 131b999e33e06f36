"use client"
import { usePathname } from "next/navigation"
import { type ReactNode, useEffect, useState } from "react"
import { SWRConfig } from "swr"
import type { Person } from "../auth/roles.ts"
import { LiveProvider } from "../live/provider.tsx"
import { MissedBanner } from "../overload/missedbanner.tsx"
import { IconButton } from "../piece/button.tsx"
import { Palette } from "../search/palette.tsx"
import { ZoneProvider } from "../time/provider.tsx"
import { KeyboardHelp } from "./keyboardhelp.tsx"
import { NoticeProvider } from "./notice.tsx"
import { PersonProvider } from "./person.tsx"
import { Sidebar } from "./sidebar.tsx"
import { Stale } from "./stale.tsx"
import { Topbar } from "./topbar.tsx"
import { useKeys } from "./use-keys.ts"

const SWR = { dedupingInterval: 500, errorRetryInterval: 3_000, focusThrottleInterval: 2_000, shouldRetryOnError: true }

/** What surrounds every page of somebody who is logged in. */
export function Shell({ person, children }: { person: Person; children: ReactNode }) {
  return (
    <PersonProvider person={person}>
      <SWRConfig value={SWR}>
        <ZoneProvider>
          <LiveProvider>
            <NoticeProvider>
              <Frame>{children}</Frame>
            </NoticeProvider>
          </LiveProvider>
        </ZoneProvider>
      </SWRConfig>
    </PersonProvider>
  )
}

function Frame({ children }: { children: ReactNode }) {
  const [searching, setSearching] = useState(false)
  const [help, setHelp] = useState(false)
  const [menu, setMenu] = useState(false)
  const pathname = usePathname()
  useKeys({ onSearch: () => setSearching(true), onHelp: () => setHelp(true) })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes what was open over the last one
  useEffect(() => {
    setMenu(false)
    setSearching(false)
  }, [pathname])
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <aside className="fixed inset-y-0 left-0 z-20 hidden w-56 border-line border-r bg-surface lg:block">
        <Sidebar />
      </aside>
      {menu && (
        <div className="fixed inset-0 z-40 lg:hidden">
          <button
            type="button"
            aria-label="Close menu"
            className="absolute inset-0 bg-black/40"
            onClick={() => setMenu(false)}
          />
          <aside className="absolute inset-y-0 left-0 w-72 max-w-[85vw] bg-surface shadow-high">
            <Sidebar onLeave={() => setMenu(false)} />
            <div className="absolute top-2.5 right-2">
              <IconButton icon="close" label="Close menu" onClick={() => setMenu(false)} />
            </div>
          </aside>
        </div>
      )}
      <div className="lg:pl-56">
        <Topbar onMenu={() => setMenu(true)} onSearch={() => setSearching(true)} onHelp={() => setHelp(true)} />
        <Stale />
        <MissedBanner />
        <main id="content" className="mx-auto max-w-[1600px] px-3 pt-5 pb-16 sm:px-5">
          {children}
        </main>
      </div>
      {searching && <Palette onClose={() => setSearching(false)} />}
      {help && <KeyboardHelp onClose={() => setHelp(false)} />}
    </>
  )
}
