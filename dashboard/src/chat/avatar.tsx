import { isGroup } from "@ossagent/im-client"
import { Icon } from "../piece/icon.tsx"

const COLOURS = 10

/** A mark for somebody or a group, always of the same colour; the name stands beside it. */
export function Avatar({ chat, name, size = 36 }: { chat: number; name: string; size?: number }) {
  const colour = `var(--s${chat % COLOURS})`
  return (
    <span
      aria-hidden="true"
      style={{
        width: size,
        height: size,
        color: colour,
        backgroundColor: `color-mix(in srgb, ${colour} 16%, transparent)`,
      }}
      className="inline-flex shrink-0 items-center justify-center rounded-full font-semibold text-[13px] uppercase"
    >
      {isGroup(chat) ? <Icon name="users" /> : name.slice(0, 1)}
    </span>
  )
}
