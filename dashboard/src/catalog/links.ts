/** Address of a subsystem's page. */
export const placeHref = (service: string, subsystem: string): string =>
  `/s/${encodeURIComponent(service)}/${encodeURIComponent(subsystem)}`

/** Address of a metric's page; `query` adds split, stat, range …; undefined ones are left out. */
export function metricHref(metric: string, query: Record<string, string | undefined> = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, value)
  return `/m/${encodeURIComponent(metric)}${params.size > 0 ? `?${params}` : ""}`
}
