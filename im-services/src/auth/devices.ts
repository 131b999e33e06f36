import type { Counter as Count } from "@ossagent/agent"
import type { Store } from "@ossagent/svrkit/store"
import type { Device, Devices, DevicesInit, Revocation } from "./generated/auth.codec.ts"

export const MOST_DEVICES = 32
const MOST_WAITING = 10_000
const AT_ONCE = 200
/** A device seen again, with nothing else new, is written after this. */
const SEEN_AGAIN_MS = 600_000

/** What is known of a device now; an empty name leaves the one that is stored. `gone`: it was logged out. */
export interface Sight extends Device {
  gone?: boolean
}

interface Parts {
  store: Store<number, Devices, DevicesInit>
  /** Told of devices that fell off a user's list, for it has 32 places. */
  onDropped: (uid: number, device: number) => void
  /** Counts sights that were not written, for too many waited. */
  lost: Count
}

/**
 * Devices of users, written behind: what is new of a user within a moment is one write. Losing a little is allowed here (mode `dual`): the
 * next sight of the device says it again.
 */
export function createDeviceBook({ store, onDropped, lost }: Parts) {
  const waiting = new Map<number, Sight[]>()

  const note = (sight: Sight): void => {
    const of = waiting.get(sight.uid)
    if (of !== undefined)
      waiting.set(sight.uid, [...of.filter(({ device }) => device !== sight.device), merge(of, sight)])
    else if (waiting.size < MOST_WAITING) waiting.set(sight.uid, [sight])
    else lost.inc()
  }

  const list = async (uid: number): Promise<Device[]> => {
    const stored = await store.get(uid)
    return update(stored?.value.devices ?? [], waiting.get(uid) ?? []).devices
  }

  /** Logged out: each process that learns of it says so, for each may have a sight of the device from before. */
  const forget = async ({ uid, device, upTo, at }: Revocation): Promise<void> => {
    const gone = upTo ? (await list(uid)).map((one) => one.device).filter((one) => one <= device) : [device]
    for (const one of gone) note({ uid, device: one, name: "", version: "", access: "", seenAt: at, gone: true })
  }

  const flush = async (): Promise<void> => {
    const users = [...waiting].slice(0, AT_ONCE)
    if (users.length === 0) return
    for (const [uid] of users) waiting.delete(uid)
    try {
      const stored = await store.getMany(users.map(([uid]) => uid))
      const writes = users.map(([uid, sights], i) => {
        const { devices, dropped, changed } = update(stored[i]?.value.devices ?? [], sights)
        for (const device of dropped) onDropped(uid, device)
        return changed ? store.put(uid, { devices }) : null
      })
      await Promise.all(writes)
    } catch (error) {
      for (const [uid, sights] of users) for (const sight of sights) if (!waiting.has(uid)) note(sight)
      throw error
    }
  }
  return { note, list, forget, flush, waiting: () => waiting.size }
}

/** Two sights of one device: the later one, with the name that only a log-in knows. */
function merge(of: readonly Sight[], sight: Sight): Sight {
  const before = of.find(({ device }) => device === sight.device)
  return before === undefined
    ? sight
    : { ...sight, name: sight.name || before.name, gone: before.gone || sight.gone || false }
}

/** A user's list with new sights, last seen first. */
export function update(
  stored: readonly Device[],
  sights: readonly Sight[],
): { devices: Device[]; dropped: number[]; changed: boolean } {
  const all = new Map(stored.map((one) => [one.device, one]))
  let changed = false
  for (const { gone, ...sight } of sights) {
    const before = all.get(sight.device)
    if (gone) changed = all.delete(sight.device) || changed
    else if (before === undefined || isNews(before, sight)) {
      all.set(sight.device, { ...sight, name: sight.name || (before?.name ?? "") })
      changed = true
    }
  }
  const devices = [...all.values()].sort((a, b) => b.seenAt - a.seenAt || b.device - a.device)
  const dropped = devices.splice(MOST_DEVICES).map(({ device }) => device)
  return { devices, dropped, changed: changed || dropped.length > 0 }
}

const isNews = (before: Device, sight: Device): boolean =>
  sight.seenAt - before.seenAt >= SEEN_AGAIN_MS ||
  sight.version !== before.version ||
  sight.access !== before.access ||
  (sight.name !== "" && sight.name !== before.name)

export type DeviceBook = ReturnType<typeof createDeviceBook>
