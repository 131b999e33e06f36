import type { ReactNode } from "react"

/** A name and its value, in a `<dl>`. */
export const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt className="text-ink-3 text-xs">{name}</dt>
    <dd className="font-medium break-words">{children}</dd>
  </div>
)
