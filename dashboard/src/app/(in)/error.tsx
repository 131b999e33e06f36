"use client"
import { Failure, PageHead } from "../../piece/panel.tsx"

/** A page that broke while it was drawn; the menu around it still works. */
export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <>
      <PageHead title="This page is broken" />
      <Failure error={new Error("cannot draw this page: a fault of the dashboard, see its log")} onRetry={reset} />
    </>
  )
}
