import type { ButtonHTMLAttributes } from "react"
import { Icon, type IconName } from "./icon.tsx"

const LOOKS = {
  plain: "border border-line-strong/70 bg-surface text-ink-2 hover:border-line-strong hover:text-ink",
  main: "border border-transparent bg-accent text-accent-ink hover:brightness-110",
  danger: "border border-bad/40 bg-surface text-bad hover:bg-bad-soft",
  quiet: "border border-transparent text-ink-2 hover:bg-sunken hover:text-ink",
} as const

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof LOOKS
  icon?: IconName
  /** Toggle buttons say whether they are on. */
  on?: boolean
}

export function Button({ look = "plain", icon, on, className = "", children, ...rest }: ButtonProps) {
  const pressed = on ? "!border-accent/50 !bg-accent-soft !text-accent" : ""
  return (
    <button
      type="button"
      aria-pressed={on}
      {...rest}
      className={`inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md px-2.5 py-1 font-medium text-[13px] whitespace-nowrap transition-colors disabled:opacity-50 ${LOOKS[look]} ${pressed} ${className}`}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** A button that shows only its icon; the label is read out and stands in the tooltip. */
export function IconButton({
  label,
  icon,
  ...rest
}: Omit<ButtonProps, "children"> & { label: string; icon: IconName }) {
  return (
    <Button
      look="quiet"
      {...rest}
      icon={icon}
      aria-label={label}
      title={label}
      className={`!px-2 ${rest.className ?? ""}`}
    />
  )
}
