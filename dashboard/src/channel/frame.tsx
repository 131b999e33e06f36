"use client"
import type { ReactNode } from "react"
import { PageHead } from "../piece/panel.tsx"
import { Tabs } from "../piece/tabs.tsx"

const TABS = [
  { href: "/channels", name: "Channels" },
  { href: "/channels/templates", name: "Templates" },
]

/** The frame of channels and of what is said on them. */
export function ChannelsFrame({ children }: { children: ReactNode }) {
  return (
    <>
      <PageHead title="Channels" about="How messages reach people, and what they say" />
      <Tabs label="Channels" tabs={TABS} />
      {children}
    </>
  )
}
