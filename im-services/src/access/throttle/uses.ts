import type { Counter } from "@ossagent/agent"
import { BoundedMap } from "../../bounded-map.ts"
import type { VersionUseInit } from "../../guard/generated/guard.codec.ts"
import type { SessionTable } from "../table.ts"

const MOST_VERSIONS = 200

export interface UsePoints {
  accused: Counter
}

/** What clients of each version asked for of their own accord since guard was last told. */
export class VersionUses {
  private uses = new BoundedMap<string, { asks: number; bytes: number }>(MOST_VERSIONS)

  add(version: string, asks: number, bytes: number): void {
    const use = this.uses.get(version)
    if (use === undefined) this.uses.set(version, { asks, bytes })
    else {
      use.asks += asks
      use.bytes += bytes
    }
  }

  take(table: SessionTable): VersionUseInit[] {
    const users = new Map<string, number>()
    for (const uid of table.uids()) {
      const version = table.firstOf(uid)?.version ?? ""
      users.set(version, (users.get(version) ?? 0) + 1)
    }
    const all = [...users].slice(0, MOST_VERSIONS).map(([version, count]) => {
      const { asks, bytes } = this.uses.get(version) ?? { asks: 0, bytes: 0 }
      return { version, users: count, asks, bytes }
    })
    this.uses.clear()
    return all
  }
}
