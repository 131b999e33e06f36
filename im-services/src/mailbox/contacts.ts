/**
 * States of contacts that were looked at of late, by user and peer. Exact, for the SET's owner is their only writer. `trim` forgets the users
 * whose contacts were learnt first, until no more than `most` are left; they are read from the store again.
 */
export class Contacts {
  private readonly users = new Map<number, Map<number, number>>()
  private readonly most: number
  private count = 0

  constructor(most: number) {
    this.most = most
  }

  /** Undefined: ask the store. */
  get(uid: number, peer: number): number | undefined {
    return this.users.get(uid)?.get(peer)
  }

  set(uid: number, peer: number, state: number): void {
    let peers = this.users.get(uid)
    if (peers === undefined) {
      peers = new Map()
      this.users.set(uid, peers)
    }
    const before = peers.size
    peers.set(peer, state)
    this.count += peers.size - before
  }

  clear(): void {
    this.users.clear()
    this.count = 0
  }

  /** Not while a batch stands on what is here. */
  trim(): void {
    for (const [uid, { size }] of this.users) {
      if (this.count <= this.most) return
      this.users.delete(uid)
      this.count -= size
    }
  }
}
