import { type Admission, ALL, type Waiting } from "./admission.ts"

export interface DagorSettings {
  /** Mean wait above which a service is overloaded. */
  mostWaitMs: number
  /** A window ends after so long, or with so many calls. */
  windowMs: number
  windowCalls: number
  /** Part of what was admitted by which an overloaded window lowers. */
  lower: number
  /** Part of what came by which another window raises. */
  raise: number
}

export const DAGOR_SETTINGS: DagorSettings = {
  mostWaitMs: 20,
  windowMs: 1_000,
  windowCalls: 2_000,
  lower: 0.05,
  raise: 0.01,
}

/** A mean over fewer calls says nothing. */
const LEAST_CALLS = 20
/** A window that is calmer than this part of `mostWaitMs` lets the next one raise by twice as much. */
const CALM = 0.25
const MOST_RAISE = 0.5
/** So much of what was done under overload comes at most: there is room for all of it. */
const ROOM = 0.8
/** What a service can do is believed to be less by this part with each overloaded window that shows less. */
const FORGET = 0.1
/** One window lowers by no more than this part: a short stand-still is no reason to refuse everybody. */
const MOST_LOWER = 0.5

/**
 * DAGOR (Zhou et al., Overload Control for Scaling WeChat Microservices, SoCC 2018, §4): a service is overloaded when calls wait longer than
 * 20 ms on average. Then the level falls to where 5 % less would have been admitted by the histogram of the window, else it rises by 1 % of
 * what came. Beyond the paper: what was finished bounds what is admitted next, so that a jump of the load is answered in a window or two and not
 * in twenty; calm windows in a row raise by twice as much each; and once less comes than was done under overload, all of it is let in.
 */
export class Dagor implements Admission {
  level = ALL
  waitMs = 0
  private readonly settings: DagorSettings
  /** Calls by key: those let in, those refused here, and those held back by callers. */
  private readonly histogram = new Uint32Array(ALL + 1)
  private from: number
  private came = 0
  private admitted = 0
  private began = 0
  private waitSumMs = 0
  private finished = 0
  private raise: number
  /** What it did under overload: calls a ms. */
  private capacity = 0
  /** Overloaded windows in a row. */
  private overloads = 0
  private quiet = false

  constructor(now: number, settings: Partial<DagorSettings> = {}) {
    this.settings = { ...DAGOR_SETTINGS, ...settings }
    this.raise = this.settings.raise
    this.from = now
  }

  get resting(): boolean {
    return this.quiet && this.level === ALL
  }

  arrive(key: number): boolean {
    this.count(key, 1)
    if (key > this.level) return false
    this.admitted++
    return true
  }

  heldBack(key: number, calls: number): void {
    this.count(Math.min(key, ALL), calls)
  }

  private count(key: number, calls: number): void {
    this.histogram[key] = (this.histogram[key] as number) + calls
    this.came += calls
    this.quiet = false
  }

  begin(waitMs: number): boolean {
    this.began++
    this.waitSumMs += waitMs
    return true
  }

  finish(): void {
    this.finished++
  }

  due(now: number): boolean {
    return this.came >= this.settings.windowCalls || now - this.from >= this.settings.windowMs
  }

  judge(now: number, waiting: Waiting): void {
    const calls = this.began + waiting.calls
    const { mostWaitMs } = this.settings
    this.waitMs = calls === 0 ? 0 : (this.waitSumMs + waiting.sumMs) / calls + waiting.loopMs
    if (calls >= LEAST_CALLS && this.waitMs > mostWaitMs) this.lowerLevel(now)
    else if (this.level < ALL) this.raiseLevel(now, this.waitMs < mostWaitMs * CALM)
    this.quiet = this.came === 0
    this.histogram.fill(0)
    this.came = this.admitted = this.began = this.waitSumMs = this.finished = 0
    this.from = now
  }

  private lowerLevel(now: number): void {
    this.raise = this.settings.raise
    const elapsed = Math.max(1, now - this.from)
    // One window in which less was done is chance (a machine that is busy with others), two are a fact.
    const usual = this.overloads++ === 0 ? (1 - this.settings.lower) * this.capacity * elapsed : 0
    this.capacity = Math.max(this.finished / elapsed, this.capacity * (1 - FORGET))
    if (this.admitted === 0) return
    const done = Math.max(MOST_LOWER, Math.min(1, Math.max(this.finished, usual) / this.admitted))
    const expected = (1 - this.settings.lower) * done * this.admitted
    let sum = this.sumUpTo(this.level)
    while (this.level > 0 && sum > expected) sum -= this.histogram[this.level--] as number
  }

  private raiseLevel(now: number, calm: boolean): void {
    this.overloads = 0
    let sum = this.sumUpTo(this.level)
    const expected = sum + this.raise * this.came
    this.raise = calm ? Math.min(MOST_RAISE, this.raise * 2) : this.settings.raise
    if (this.came <= this.capacity * (now - this.from) * ROOM) this.level = ALL
    while (this.level < ALL && sum < expected) sum += this.histogram[++this.level] as number
  }

  private sumUpTo(level: number): number {
    let sum = 0
    for (let key = 0; key <= level; key++) sum += this.histogram[key] as number
    return sum
  }
}
