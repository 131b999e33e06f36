/** The thread of one version: loads it, runs its handlers, and gives signs of life. */
import { pathToFileURL } from "node:url"
import { deserialize, getHeapStatistics, serialize, setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { parentPort, workerData } from "node:worker_threads"
import { RpcError } from "../rpc/errors.ts"
import type { Granted, Grants, Logic, LogicCall, LogicContext } from "./author.ts"
import { createFigures } from "./figures.ts"
import {
  type AnswerItem,
  type CallItem,
  type FromWorker,
  type ToWorker,
  toFailure,
  type UseItem,
  type WorkerData,
} from "./messages.ts"
import { writePulse } from "./pulse.ts"

const BEAT_MS = 50
const FIGURES_MS = 1_000
const COLLECT_MS = 20_000
/** Longer pauses for the sake of a figure would be felt. */
const MOST_COLLECTED_BYTES = 128 * 1024 * 1024

type Handler = (request: unknown, call: LogicCall<Grants>) => unknown

const { url, module, version, pulse: shared, grants } = workerData as WorkerData
const port = parentPort as NonNullable<typeof parentPort>
const pulse = writePulse(shared)
const figures = createFigures()
let answers: AnswerItem[] = []
let uses: UseItem[] = []
let flushing = false
let nextUse = 1
const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>()
let logic: Logic<Record<string, Handler>> = { handlers: {} }

const post = (message: FromWorker): void => port.postMessage(serialize(message))

function flush(): void {
  flushing = false
  const message: FromWorker = { answers, uses }
  answers = []
  uses = []
  post(message)
}

function soon(): void {
  if (flushing) return
  flushing = true
  setImmediate(flush)
}

/** Grants under the call `seq`; 0: under none. */
function toGranted(seq: number): Granted<Grants> {
  const ask = (group: string, name: string, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = nextUse++
      waiting.set(id, { resolve, reject })
      uses.push([id, seq, group, name, args])
      soon()
    })
  return Object.fromEntries(
    grants.map(([group, names]) => [
      group,
      Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => ask(group, name, args)])),
    ]),
  ) as Granted<Grants>
}

/** Most calls use no grant: the functions are made when first asked for. */
class Call implements LogicCall<Grants> {
  private readonly item: CallItem
  private granted: Granted<Grants> | null = null
  constructor(item: CallItem) {
    this.item = item
  }
  get user(): string {
    return this.item[3]
  }
  get version(): string {
    return this.item[4]
  }
  get region(): string {
    return this.item[5]
  }
  get priority(): number {
    return this.item[6]
  }
  get remainingMs(): number {
    return this.item[7] - Date.now()
  }
  get use(): Granted<Grants> {
    this.granted ??= toGranted(this.item[0])
    return this.granted
  }
}

function answer(seq: number, ok: boolean, value: unknown): void {
  answers.push([seq, ok, value])
  soon()
}

async function run(item: CallItem): Promise<void> {
  const [seq, method, request] = item
  pulse.start(seq)
  try {
    const value = await logic.handlers[method]?.(request, new Call(item))
    answer(seq, true, value)
  } catch (error) {
    answer(seq, false, toFailure(error))
  }
}

function settle([id, ok, value]: AnswerItem): void {
  const use = waiting.get(id)
  waiting.delete(id)
  if (ok) use?.resolve(value)
  else {
    const { code, message, retryAfterMs } = value as ReturnType<typeof toFailure>
    use?.reject(new RpcError(code, message, { retryAfterMs }))
  }
}

async function end(): Promise<void> {
  try {
    await logic.stop?.()
  } finally {
    post({ ...figures.take(), stopped: true })
  }
}

port.on("message", (bytes: Uint8Array) => {
  const { calls, used, stop } = deserialize(bytes) as ToWorker
  for (const item of used ?? []) settle(item)
  for (const item of calls ?? []) void run(item) // answers by itself
  if (stop) void end() // its fault is a rejection that ends the thread
})

const heapBytes = (): number => {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

/** What is left after a collection: whether memory leaks is seen in this alone. */
function measureLive(): void {
  if (heapBytes() <= MOST_COLLECTED_BYTES) collect()
  pulse.live(heapBytes())
}

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

const context: LogicContext<Grants> = {
  module,
  version,
  use: toGranted(0),
  count: figures.count,
  record: figures.record,
  event: figures.event,
  error: (code, message, more) => new RpcError(code, message, more),
}

try {
  const loaded = (await import(url.startsWith("file:") ? url : pathToFileURL(url).href)) as { default?: unknown }
  if (typeof loaded.default !== "function") throw new TypeError("its default export is no function")
  logic = (await loaded.default(context)) as typeof logic
  const handlers = logic?.handlers as typeof logic.handlers | undefined
  if (typeof handlers !== "object" || handlers === null) throw new TypeError("what it made has no handlers")
  setInterval(() => pulse.beat(heapBytes()), BEAT_MS)
  setInterval(() => {
    const taken = figures.take()
    if (taken !== null) post(taken)
  }, FIGURES_MS)
  setInterval(measureLive, COLLECT_MS)
  measureLive()
  pulse.beat(heapBytes())
  post({ ready: { methods: Object.keys(handlers).filter((name) => typeof handlers[name] === "function") } })
} catch (error) {
  post({ failed: toFailure(error) })
}
