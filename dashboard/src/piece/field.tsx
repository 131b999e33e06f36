import type { ComponentProps, InputHTMLAttributes, ReactNode, SelectHTMLAttributes } from "react"

const BOX =
  "min-h-8 w-full rounded-md border border-line-strong/70 bg-surface px-2.5 py-1 text-[13px] text-ink placeholder:text-ink-3 hover:border-line-strong"

interface FieldProps {
  label: string
  hint?: ReactNode
  /** What is wrong with what stands in it. */
  fault?: string | null
  children: ReactNode
}

/** A form's line: label, control, and what to know about it. */
export function Field({ label, hint, fault, children }: FieldProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="block">
      <span className="mb-1 block font-medium text-[13px] text-ink-2">{label}</span>
      {children}
      {fault && (
        <span role="alert" className="mt-1 block text-bad text-xs break-words">
          {fault}
        </span>
      )}
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

export function TextArea({ className = "", ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} className={`${BOX} ${className}`} />
}

/** A box to tick, with what it means. */
export function Check({ children, ...rest }: Omit<InputHTMLAttributes<HTMLInputElement>, "type">) {
  return (
    <label className="flex min-h-8 items-center gap-2 text-[13px]">
      <input {...rest} type="checkbox" className="size-4 shrink-0 accent-(--accent)" />
      {children}
    </label>
  )
}

/** Any of a few, all visible. */
export function Ticks<T extends string | number>({
  label,
  choices,
  value,
  onChange,
  hint,
}: {
  label: string
  choices: readonly { value: T; label: string }[]
  value: readonly T[]
  onChange: (value: T[]) => void
  hint?: ReactNode
}) {
  const toggle = (one: T): void =>
    onChange(choices.map((choice) => choice.value).filter((each) => (each === one) !== value.includes(each)))
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-[13px] text-ink-2">{label}</legend>
      <div className="flex flex-wrap gap-x-4">
        {choices.map((choice) => (
          <Check key={choice.value} checked={value.includes(choice.value)} onChange={() => toggle(choice.value)}>
            {choice.label}
          </Check>
        ))}
      </div>
      {hint && <p className="text-ink-3 text-xs">{hint}</p>}
    </fieldset>
  )
}

interface Segment<T extends string> {
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
  choices: readonly Segment<T>[]
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

interface ChoiceProps {
  name: string
  /** What it is called when nothing is chosen. */
  all: string
  value: string
  values: readonly (string | { value: string; label: string })[]
  onChange: (value: string) => void
}

/** Narrows a list: all, or one of what there is. What an address names is shown although it is not known. */
export function Choice({ name, all, value, values, onChange }: ChoiceProps) {
  const known = values.map((one) => (typeof one === "string" ? { value: one, label: one } : one))
  const shown = value === "" || known.some((one) => one.value === value) ? known : [{ value, label: value }, ...known]
  return (
    <Select
      aria-label={name}
      className="!w-auto max-w-48"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{all}</option>
      {shown.map((one) => (
        <option key={one.value} value={one.value}>
          {one.label}
        </option>
      ))}
    </Select>
  )
}
