import type { CatalogEntry } from "@ossagent/wire"
import { metricHref, placeHref } from "../catalog/links.ts"

/** One thing that search can lead to. */
export interface Target {
  kind: "page" | "subsystem" | "metric"
  name: string
  /** Where it belongs, in small print. */
  about: string
  href: string
}

/** Everything there is to find: pages, subsystems, then metrics, one for each subsystem that has it. */
export function toTargets(
  entries: readonly CatalogEntry[],
  pages: readonly { name: string; href: string }[],
): Target[] {
  const places = new Map<string, Target>()
  const metrics: Target[] = []
  for (const { service, subsystem, metric, kind, versions } of entries) {
    const href = placeHref(service, subsystem)
    const about = versions.length > 0 ? `version ${versions.slice(0, 3).join(", ")}` : ""
    if (!places.has(href)) places.set(href, { kind: "subsystem", name: `${service} / ${subsystem}`, about, href })
    metrics.push({
      kind: "metric",
      name: metric,
      about: `${service} / ${subsystem} · ${kind}`,
      href: metricHref(metric, { service, subsystem }),
    })
  }
  const known = pages.map(({ name, href }): Target => ({ kind: "page", name, about: "Page", href }))
  return [...known, ...places.values(), ...metrics]
}

/** The targets in which every word occurs, the best match first, at most `most`. */
export function find(targets: readonly Target[], text: string, most = 40): Target[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found: { target: Target; score: number; at: number }[] = []
  targets.forEach((target, at) => {
    const score = scoreOf(target, words)
    if (score > 0) found.push({ target, score, at })
  })
  found.sort((a, b) => b.score - a.score || a.at - b.at)
  return found.slice(0, most).map(({ target }) => target)
}

const KIND_SCORE: Record<Target["kind"], number> = { page: 0.3, subsystem: 0.2, metric: 0.1 }

/** 0: a word is missing. A name that begins with a word counts most, then a part of it, then anything else about it. */
function scoreOf({ name, about, kind }: Target, words: readonly string[]): number {
  const lower = name.toLowerCase()
  const parts = lower.split(/[^a-z0-9]+/)
  let score = 1 + KIND_SCORE[kind]
  for (const word of words) {
    if (lower === word) score += 8
    else if (lower.startsWith(word)) score += 5
    else if (parts.some((part) => part.startsWith(word))) score += 3
    else if (lower.includes(word)) score += 2
    else if (about.toLowerCase().includes(word)) score += 1
    else return 0
  }
  return score
}
