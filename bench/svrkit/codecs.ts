import { atLeast, type Figure, median, quantile, stated } from "../result.ts"
import {
  decodeBatch,
  decodeMessage,
  decodeProfile,
  encodeBatch,
  encodeMessage,
  encodeProfile,
} from "./generated/chat.codec.ts"
import { bufbuild, protobufjsStatic } from "./others.ts"

export const ROUNDS = 15

const message = (i: number) => ({
  seq: 1_000_000 + i,
  from: 100_200_300,
  to: 100_200_301,
  clientId: `d1-${5_000 + i}`,
  kind: 1,
  sentAt: 1_764_000_000_000 + i * 997,
  text: `see you at eight, ${i}`,
})
const profile = {
  user: 100_200_300,
  name: "李小龙 Bruce",
  signature: "Be water, my friend. Empty your mind, be formless, shapeless, like water.",
  region: "CN/Guangdong",
  avatar: new Uint8Array(64).fill(7),
  labels: ["family", "work", "kung fu"],
  devices: [1, 2, 300],
  latitude: 23.13,
  longitude: 113.26,
  blocked: false,
  changedAt: 1_764_000_000_000,
}
const batch = { messages: Array.from({ length: 100 }, (_, i) => message(i)), more: true }

const LONGS = new Set(["seq", "from", "to", "sentAt", "user", "changedAt"])
/** With 64-bit numbers as bigints, as @bufbuild/protobuf has them. */
const withBigints = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withBigints)
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, LONGS.has(key) ? BigInt(one as number) : withBigints(one)]),
  )
}

interface Subject {
  name: string
  ns: number[]
  run: (calls: number) => void
}

let sink: unknown
/** Each subject has its own loop: shared, one library's shapes would slow down the next. */
const loop = (source: string): ((step: () => unknown) => (calls: number) => void) =>
  new Function(
    "step",
    `return function ${source}(calls) { let last; for (let i = 0; i < calls; i++) last = step(); return last }`,
  ) as never
const subject = (name: string, step: () => unknown): Subject => {
  const timed = loop(name.replaceAll(/\W/g, "_"))(step) as (calls: number) => unknown
  return {
    name,
    ns: [],
    run: (calls) => {
      sink = timed(calls)
    },
  }
}

function measure(subjects: readonly Subject[], calls: number): void {
  for (let round = 0; round < ROUNDS + 3; round++) {
    // Turned each round, so that nobody always comes after the same.
    for (let i = 0; i < subjects.length; i++) {
      const one = subjects[(i + round) % subjects.length] as Subject
      const from = process.hrtime.bigint()
      one.run(calls)
      if (round >= 3) one.ns.push(Number(process.hrtime.bigint() - from) / calls)
    }
  }
}

/** Figures of each message shape: ns of encode and decode, and the ratio to the fastest of the others. */
export async function codecFigures(): Promise<Figure[]> {
  const pbjs = await protobufjsStatic()
  const buf = bufbuild()
  const shapes = [
    {
      name: "Message",
      what: "message",
      value: message(1),
      encode: encodeMessage as (v: never) => Uint8Array,
      decode: decodeMessage,
      calls: 100_000,
    },
    {
      name: "Batch",
      what: "batch of 100",
      value: batch,
      encode: encodeBatch as (v: never) => Uint8Array,
      decode: decodeBatch,
      calls: 1_500,
    },
    {
      name: "Profile",
      what: "profile",
      value: profile,
      encode: encodeProfile as (v: never) => Uint8Array,
      decode: decodeProfile,
      calls: 50_000,
    },
  ]
  const figures: Figure[] = []
  for (const { name, what, value, encode, decode, calls } of shapes) {
    const theirs = pbjs[name] as NonNullable<(typeof pbjs)[string]>
    const other = buf(name)
    const bytes = encode(value as never)
    const same = Buffer.compare(bytes, theirs.encode(value).finish())
    if (same !== 0) throw new Error(`the bytes of ${name} differ from those of protobufjs`)
    const created = other.init(withBigints(value) as object)
    const json = Buffer.from(JSON.stringify(value))
    const encoders = [
      subject("svrkit", () => encode(value as never)),
      subject("protobufjs static", () => theirs.encode(value).finish()),
      subject("@bufbuild/protobuf", () => other.encode(created)),
      subject("JSON", () => Buffer.from(JSON.stringify(value))),
    ]
    const decoders = [
      subject("svrkit", () => decode(bytes)),
      subject("protobufjs static", () => theirs.decode(bytes)),
      subject("@bufbuild/protobuf", () => other.decode(bytes)),
      subject("JSON", () => JSON.parse(json.toString())),
    ]
    measure(encoders, calls)
    measure(decoders, calls)
    figures.push(...figuresOf(`encode ${what}`, encoders), ...figuresOf(`decode ${what}`, decoders))
    figures.push(stated(`bytes of ${what}`, bytes.length, "B"), stated(`bytes of ${what} as JSON`, json.length, "B"))
  }
  if (sink === undefined) throw new Error("nothing was done")
  return figures
}

function figuresOf(what: string, [ours, ...others]: readonly Subject[]): Figure[] {
  const mine = ours as Subject
  // Ratios within each round: what disturbs the machine disturbs all in it.
  const ratios = mine.ns.map((ns, round) => Math.min(...others.map((other) => other.ns[round] as number)) / ns)
  return [
    stated(`${what}, svrkit`, median(mine.ns), "ns"),
    ...others.map((other) => stated(`${what}, ${other.name}`, median(other.ns), "ns")),
    atLeast(`${what}: times as fast as the fastest other, median of rounds`, median(ratios), "×", 1),
    stated(`${what}: the same, 10th percentile of rounds`, quantile(ratios, 0.1), "×"),
  ]
}
