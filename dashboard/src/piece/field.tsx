import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes } from "react"

const BOX =
  "min-h-8 w-full rounded-md border border-line-strong/70 bg-surface px-2.5 py-1 text-[13px] text-ink placeholder:text-ink-3 hover:border-line-strong"

/** A form's line: label, control, and what to know about it. */
export function Field({ label, hint, children }: { label: string; hint?: ReactNode; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="block">
      <span className="mb-1 block font-medium text-[13px] text-ink-2">{label}</span>
      {children}
      {hint && <span className="mt-1 block text-ink-3 text-xs">{hint}</span>}
    </label>
  )
}

export function Input({ className = "", ...rest }: InputHTMLAttributes<HTMLInputElement>) {
  return <input {...rest} className={`${BOX} ${className}`} />
}

export function Select({ className = "", children, ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <select {...rest} className={`${BOX} ${className}`}>
      {children}
    </select>
  )
}

interface Choice<T extends string> {
  value: T
  label: string
}

/** One of a few, all visible. */
export function Segments<T extends string>({
  label,
  choices,
  value,
  onChange,
}: {
  label: string
  choices: readonly Choice<T>[]
  value: T
  onChange: (value: T) => void
}) {
  return (
    <fieldset aria-label={label} className="inline-flex rounded-md border border-line-strong/70 bg-surface p-0.5">
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value)}
          className={`min-h-6.5 rounded px-2 text-[13px] ${choice.value === value ? "bg-accent-soft font-medium text-accent" : "text-ink-2 hover:text-ink"}`}
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  )
}
