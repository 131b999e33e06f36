/** Mars (Tencent), stn flow_limit: a bucket of 80 MB that loses 80 MB an hour. */
export const TRAFFIC = { mostBytes: 80_000_000, leakBytesPerHour: 80_000_000 }
const HOUR_MS = 3_600_000

/** Bytes over the network, both ways. Full: nothing goes out until enough has leaked. */
export class Traffic {
  private level = 0
  private at: number
  private readonly most: number
  private readonly leakPerMs: number

  constructor(now: number, { mostBytes, leakBytesPerHour } = TRAFFIC) {
    this.at = now
    this.most = mostBytes
    this.leakPerMs = leakBytesPerHour / HOUR_MS
  }

  /** What went over the network is counted, whether there was room or not. */
  add(bytes: number, now: number): void {
    this.leak(now)
    this.level += bytes
  }

  /** In how many ms there is room again; 0: there is. */
  waitMs(now: number): number {
    this.leak(now)
    return this.level < this.most ? 0 : Math.ceil((this.level - this.most) / this.leakPerMs) + 1
  }

  private leak(now: number): void {
    this.level = Math.max(0, this.level - Math.max(0, now - this.at) * this.leakPerMs)
    this.at = now
  }
}
