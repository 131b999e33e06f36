/** The same types in the libraries that the benchmark compares with, made from the same description. */
import { writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"
import { create, createFileRegistry, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf"
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt"

export const PROTO = `syntax = "proto3";
message Message { uint64 seq = 1; uint64 from = 2; uint64 to = 3; string clientId = 4; int32 kind = 5; uint64 sentAt = 6; string text = 7; }
message Batch { repeated Message messages = 1; bool more = 2; }
message Profile { uint64 user = 1; string name = 2; string signature = 3; string region = 4; bytes avatar = 5; repeated string labels = 6;
  repeated uint32 devices = 7; double latitude = 8; double longitude = 9; bool blocked = 10; int64 changedAt = 11; }
message Sent { uint64 seq = 1; }
`

export interface StaticType {
  encode(value: object): { finish(): Uint8Array }
  decode(bytes: Uint8Array): object
}

/** protobufjs's static code, as `pbjs -t static-module` writes it; 64-bit numbers are numbers, its fastest way. */
export async function protobufjsStatic(): Promise<Record<string, StaticType>> {
  const require = createRequire(import.meta.url)
  const { pbjs } = require("protobufjs-cli") as {
    pbjs: { main(args: string[], done: (error: Error | null, text?: string) => void): void }
  }
  const proto = fileURLToPath(new URL("chat.proto", import.meta.url))
  writeFileSync(proto, PROTO)
  const args = ["-t", "static-module", "-w", "es6", "--keep-case", "--force-number", proto]
  const text = await new Promise<string>((resolve, reject) =>
    pbjs.main(args, (error, code) => (error === null && code !== undefined ? resolve(code) : reject(error))),
  )
  const path = fileURLToPath(new URL("chat.pbjs.js", import.meta.url))
  writeFileSync(path, text)
  const minimal = (await import("protobufjs/minimal.js")).default as { util: { Long: unknown }; configure(): void }
  minimal.util.Long = null
  minimal.configure()
  return (await import(pathToFileURL(path).href)) as Record<string, StaticType>
}

const TYPES = {
  double: 1,
  int64: 3,
  uint64: 4,
  int32: 5,
  bool: 8,
  string: 9,
  message: 11,
  bytes: 12,
  uint32: 13,
} as const

/** @bufbuild/protobuf's messages; its generated code is the same descriptors in base64. */
export function bufbuild(): (name: string) => {
  encode: (value: object) => Uint8Array
  decode: (bytes: Uint8Array) => object
  init: (value: object) => object
} {
  const messageType = [...PROTO.matchAll(/message (\w+) \{([^}]*)\}/g)].map(([, name, body]) => ({
    name: name as string,
    field: [...(body as string).matchAll(/(repeated )?(\w+) (\w+) = (\d+);/g)].map(
      ([, repeated, type, field, number]) => ({
        name: field as string,
        jsonName: field as string,
        number: Number(number),
        label: repeated === undefined ? 1 : 3,
        type: TYPES[type as keyof typeof TYPES] ?? TYPES.message,
        typeName: type !== undefined && type in TYPES ? "" : `.${type}`,
      }),
    ),
  }))
  const file = create(FileDescriptorProtoSchema, { name: "chat.proto", syntax: "proto3", messageType })
  const registry = createFileRegistry(file, () => undefined)
  return (name) => {
    const type = registry.getMessage(name) as DescMessage
    return {
      init: (value) => create(type, value as never),
      encode: (value) => toBinary(type, value as never),
      decode: (bytes) => fromBinary(type, bytes),
    }
  }
}
