import type { ReactNode } from "react"

/** In the middle of the page. */
export const Middle = ({ children }: { children: ReactNode }) => (
  <div className="flex min-w-0 flex-1 flex-col items-center justify-center overflow-y-auto p-4">{children}</div>
)
