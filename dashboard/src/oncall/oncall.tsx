"use client"
import type { ReactNode } from "react"
import { PageHead } from "../piece/panel.tsx"
import { Tabs } from "../piece/tabs.tsx"

const TABS = [
  { href: "/oncall", name: "Schedules" },
  { href: "/oncall/contacts", name: "Contacts" },
  { href: "/oncall/policies", name: "Policies" },
  { href: "/oncall/routes", name: "Routes" },
  { href: "/oncall/who", name: "Who would get this?" },
]

/** The frame of everything about who is told. */
export function OnCall({ children }: { children: ReactNode }) {
  return (
    <>
      <PageHead title="On call" about="Who is told of what, when and how" />
      <Tabs label="On call" tabs={TABS} />
      {children}
    </>
  )
}
