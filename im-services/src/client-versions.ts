import type { Agent } from "@ossagent/agent"
import { createSegment, type Segment } from "./segment.ts"

const MOST_VERSIONS = 1_000

/** A segment's handles by client version, looked up without making strings. */
export class ClientVersions {
  private readonly agent: Agent
  private readonly segment: string
  private readonly handles = new Map<string, Segment>()

  constructor(agent: Agent, segment: string) {
    this.agent = agent
    this.segment = segment
  }

  /** Records `ms`, never below 0, for a version; empty: the service's own. */
  record(version: string, ms: number): void {
    this.of(version).record(Math.max(0, ms))
  }

  private of(version: string): Segment {
    const known = this.handles.get(version)
    if (known !== undefined) return known
    if (this.handles.size >= MOST_VERSIONS) this.handles.clear()
    const fresh = createSegment(this.agent, this.segment, version === "" ? {} : { version })
    this.handles.set(version, fresh)
    return fresh
  }
}
