const BINARY = ["B", "KiB", "MiB", "GiB", "TiB"] as const

/** A figure for people, with its unit: `93.1 %`, `1.5 GiB`, `512 ms`, `12.3 /s`. */
export function formatValue(value: number | null, unit: string, stat: string): string {
  if (value === null || !Number.isFinite(value)) return "nothing"
  if (unit === "1" && stat !== "rate" && stat !== "count") return `${round(value * 100)} %`
  if (unit === "By" && stat !== "count") return formatBytes(value) + (stat === "rate" ? "/s" : "")
  const name = stat === "count" ? "" : unit.replace(/^\{(.*)\}$/, "$1").replace(/^1$/, "")
  const text = stat === "rate" ? `${round(value)} ${name}/s` : `${round(value)} ${name}`
  return text.replace(/ {2,}/g, " ").trim()
}

function formatBytes(value: number): string {
  let left = value
  let i = 0
  while (Math.abs(left) >= 1024 && i < BINARY.length - 1) {
    left /= 1024
    i++
  }
  return `${round(left)} ${BINARY[i]}`
}

function round(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(4))}M`
  if (size >= 100) return String(Math.round(value))
  return String(Number(value.toPrecision(3)))
}

/** A length of time for people: `34 s`, `12 min`, `3.5 h`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Number((seconds / 3_600).toPrecision(2))} h` : `${Math.round(seconds / 86_400)} days`
}
