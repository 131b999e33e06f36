import type { Metadata } from "next"
import { Routes } from "../../../../route/routes.tsx"

export const metadata: Metadata = { title: "Routes" }

export default function Page() {
  return <Routes />
}
