import type { ProbePoints } from "./points.ts"
import { ProbeUser, type UserOptions } from "./user.ts"
import { Way } from "./way.ts"

export interface PairOptions extends Pick<UserOptions, "dispatch" | "appKey" | "key"> {
  name: string
  run: string
  points: ProbePoints
}

const now = (): number => performance.now()

/** Two probe users who write to each other, one on TCP and one on WebSocket. */
export class Pair {
  private readonly users: readonly [ProbeUser, ProbeUser]
  /** From the first to the second, and back. */
  private readonly ways: readonly [Way, Way]

  private constructor(users: readonly [ProbeUser, ProbeUser], ways: readonly [Way, Way]) {
    this.users = users
    this.ways = ways
  }

  static async open({ name, run, points, ...rest }: PairOptions): Promise<Pair> {
    const there = new Way(run, points.way("tcp", "ws"))
    const back = new Way(run, points.way("ws", "tcp"))
    const open = (letter: string, transport: "tcp" | "ws", mine: Way, theirs: Way) =>
      ProbeUser.open({
        ...rest,
        points,
        transport,
        name: `${name}-${letter}`,
        onMessage: ({ text }) => theirs.seen(text, now()),
        onAccepted: (clientId) => mine.accepted(clientId, now()),
      })
    return new Pair([await open("a", "tcp", there, back), await open("b", "ws", back, there)], [there, back])
  }

  get members(): readonly ProbeUser[] {
    return this.users
  }

  /** Writes both ways once. Rejects with what kept a user out; the other goes on at the next turn. */
  async turn(): Promise<void> {
    const [a, b] = this.users
    for (const way of this.ways) way.look(now())
    const entered = await Promise.allSettled(this.users.map((user) => user.enter()))
    const ready = a.online && b.online && (await this.ensureFriends())
    for (const [i, way] of this.ways.entries()) {
      const [from, to] = i === 0 ? [a, b] : [b, a]
      if (ready) await way.write(now(), (text) => from.send(to, text))
      else way.unsent()
    }
    const failed = entered.find((one) => one.status === "rejected")
    if (failed !== undefined) throw failed.reason
  }

  /** Both log out and in again. */
  async relogin(): Promise<void> {
    for (const user of this.users) {
      if (!user.online) continue
      await user.leave()
      await user.enter()
    }
  }

  async stop(): Promise<void> {
    for (const user of this.users) await user.stop()
  }

  private async ensureFriends(): Promise<boolean> {
    const [a, b] = this.users
    if (a.isFriendOf(b) && b.isFriendOf(a)) return true
    await a.befriend(b)
    return false // both learn of it by their sync, before the next turn
  }
}
