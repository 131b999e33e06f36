import type { ReactNode } from "react"
import { Icon, type IconName } from "./icon.tsx"

export function Panel({
  className = "",
  children,
  ...rest
}: {
  className?: string
  children: ReactNode
  "aria-label"?: string
}) {
  return (
    <section {...rest} className={`rounded-lg border border-line bg-surface shadow-card ${className}`}>
      {children}
    </section>
  )
}

/** The head of a page: what it is, what it is about, what can be done. */
export function PageHead({ title, about, children }: { title: ReactNode; about?: ReactNode; children?: ReactNode }) {
  return (
    <header className="mb-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="font-semibold text-xl leading-7 tracking-tight break-words">{title}</h1>
        {about && <div className="mt-0.5 text-[13px] text-ink-3">{about}</div>}
      </div>
      {children && <div className="flex flex-wrap items-center gap-2">{children}</div>}
    </header>
  )
}

/** Nothing to show: says why and what to do next. */
export function Empty({ icon = "info", title, children }: { icon?: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-12 text-center">
      <span className="rounded-full bg-sunken p-2.5 text-ink-3">
        <Icon name={icon} size={20} />
      </span>
      <p className="font-medium">{title}</p>
      {children && <div className="max-w-md text-[13px] text-ink-3">{children}</div>}
    </div>
  )
}

/** Something failed: in its words, with a way to try again. */
export function Failure({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-3 rounded-md bg-bad-soft px-3 py-2 text-[13px] text-bad"
    >
      <Icon name="critical" />
      <span className="min-w-0 flex-1 break-words">{error.message}</span>
      {onRetry && (
        <button type="button" onClick={onRetry} className="font-medium underline underline-offset-2">
          Try again
        </button>
      )}
    </div>
  )
}

export function Skeleton({ className = "" }: { className?: string }) {
  return (
    <div
      aria-hidden="true"
      className={`motion-safe:animate-[shimmer_1.6s_ease-in-out_infinite] rounded bg-sunken ${className}`}
    />
  )
}

/** Rows of a list that is on its way. */
export function SkeletonRows({ count = 6 }: { count?: number }) {
  return (
    <div role="status" aria-label="Loading" className="space-y-2 p-4">
      {Array.from({ length: count }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without content have no other name
        <Skeleton key={i} className="h-9" />
      ))}
    </div>
  )
}
