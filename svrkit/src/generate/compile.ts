import { type Codec, decode, encode, NO_BYTES, type ServiceTable } from "../codec/index.ts"
import type { ServiceModel } from "../describe/model.ts"
import { codecBody, JS } from "./codec.ts"

export type AnyCodec = Codec<Record<string, unknown>, Record<string, unknown>>

/** The codecs of a model's types by name, compiled in this process: the same text as the generated file, less its types. */
export function compileCodecs(model: ServiceModel): ReadonlyMap<string, AnyCodec> {
  const body = codecBody(model, JS).replaceAll(/^export /gm, "")
  const names = model.structs.map(({ name }) => `${name}: ${name}Codec`).join(", ")
  const run = new Function("encode", "decode", "NO_BYTES", `"use strict"\n${body}\nreturn { ${names} }`)
  return new Map(Object.entries(run(encode, decode, NO_BYTES) as Record<string, AnyCodec>))
}

/** The table of a service without generated files; for the command line. */
export function compileTable(model: ServiceModel): ServiceTable {
  const codecs = compileCodecs(model)
  const codec = (name: string): Codec => codecs.get(name) as Codec
  return {
    name: model.name,
    methods: model.methods.map((method) => ({ ...method, request: codec(method.request), reply: codec(method.reply) })),
    errors: Object.fromEntries(model.errors.map(({ code, retry, doc }) => [code, [retry, doc] as const])),
  }
}
