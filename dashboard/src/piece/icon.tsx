/** Our own line icons on a 16-pixel grid; always beside words or with a label, so hidden from readers. */
const PATHS = {
  overview: "M2.5 9.5h3l1.5-5 3 8 1.5-3h2",
  grid: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
  exception:
    "M5 5.5a3 3 0 0 1 6 0M4.5 5.5h7v4a3.5 3.5 0 0 1-7 0zM8 5.5V13M4.5 8H1.5M11.5 8h3M4.8 6L2.5 4M11.2 6l2.3-2M5 11l-2.3 2M11 11l2.3 2",
  bell: "M8 2a4 4 0 0 0-4 4v3L2.8 11.5h10.4L12 9V6a4 4 0 0 0-4-4zM6.5 13.5h3",
  mute: "M8 2a4 4 0 0 0-4 4v3L2.8 11.5h10.4L12 9V6a4 4 0 0 0-4-4zM6.5 13.5h3M2.5 2.5l11 11",
  rule: "M2.5 4.5h11M2.5 8h7M2.5 11.5h4M11.5 9.5l1.2 1.2 2-2.4",
  mail: "M2 4h12v8.5H2zM2 4.5l6 4.5 6-4.5",
  audit: "M4 2h6l2.5 2.5V14H4zM6 7h4.5M6 9.5h4.5M6 12h2.5",
  users:
    "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c.3-2.6 2-4 4.5-4s4.2 1.4 4.5 4M10.5 2.8a2.3 2.3 0 0 1 0 4.4M12 9.8c1.5.5 2.3 1.8 2.5 3.7",
  plus: "M8 3v10M3 8h10",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3",
  sun: "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13 9.8A5.5 5.5 0 0 1 6.2 3a5.5 5.5 0 1 0 6.8 6.8z",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3.2L13 4.8",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.5",
  warning: "M8 2.2L14.4 13.5H1.6zM8 6.5v3.2M8 11.6v.2",
  critical: "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 5v3.8M8 10.9v.2",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.3v3.4M8 5.1v.2",
  left: "M9.8 3.5L5.3 8l4.5 4.5",
  right: "M6.2 3.5L10.7 8l-4.5 4.5",
  up: "M3.5 10l4.5-4.5 4.5 4.5",
  down: "M3.5 6l4.5 4.5L12.5 6",
  zoomout: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3M5 7h4",
  back: "M6.5 3.5L3 7l3.5 3.5M3 7h6.5a3.5 3.5 0 0 1 0 7H7",
  link: "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2A2.6 2.6 0 0 0 9 3.3l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.8-.8",
  download: "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13h10",
  table: "M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.7h11M6.5 6.3V13",
  chart: "M2.5 2.5v11h11M5 10l2.5-3.5 2 1.8L13 4",
  out: "M6 2.5H3v11h3M9.5 5l3 3-3 3M12.5 8H6.5",
  key: "M5.3 10.8a2.6 2.6 0 1 0 0-.1zM7.5 8.7l5.8-5.8M11 5.2l1.8 1.8",
  live: "M8 9.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4zM4.8 11.2a4.5 4.5 0 0 1 0-6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4M2.7 13.3a7.5 7.5 0 0 1 0-10.6M13.3 2.7a7.5 7.5 0 0 1 0 10.6",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  edit: "M10.5 3l2.5 2.5L6 12.5l-3 .5.5-3z",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 9h5.8l.6-9",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  chat: "M2.5 3h11v8H7l-3 2.5V11H2.5z",
  person: "M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8zM2.8 13.8c.4-2.6 2.3-4 5.2-4s4.8 1.4 5.2 4",
  send: "M2.5 8L13.5 2.8 10.5 13.2 7.8 9zM7.8 9l5.7-6.2",
  more: "M3 8a.6.6 0 1 0 1.2 0 .6.6 0 0 0-1.2 0zM7.4 8a.6.6 0 1 0 1.2 0 .6.6 0 0 0-1.2 0zM11.8 8a.6.6 0 1 0 1.2 0 .6.6 0 0 0-1.2 0z",
  block: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM3.8 3.8l8.4 8.4",
  release: "M2 13.5h3.5v-3.5H9V6.5h3.5V2.5M10.3 4.7l2.2-2.2 2.2 2.2",
  help: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.3 6.3A1.8 1.8 0 1 1 8.6 8c-.5.2-.6.5-.6 1M8 11v.2",
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16, className = "" }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`shrink-0 ${className}`}
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
