import type { StaticType } from "./others.ts"

/** The method's definition for @grpc/grpc-js, with protobufjs's static code as its codec. */
export function grpcSend(types: Record<string, StaticType>) {
  const { Message, Sent } = types as { Message: StaticType; Sent: StaticType }
  const write = (type: StaticType) => (value: object) => Buffer.from(type.encode(value).finish())
  return {
    path: "/chat/Send",
    requestStream: false as const,
    responseStream: false as const,
    requestSerialize: write(Message),
    requestDeserialize: (bytes: Buffer) => Message.decode(bytes),
    responseSerialize: write(Sent),
    responseDeserialize: (bytes: Buffer) => Sent.decode(bytes),
  }
}
