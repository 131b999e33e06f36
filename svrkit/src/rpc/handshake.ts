/**
 * Both sides prove that they know the same token, which never crosses the wire: each answers the other's fresh number with an HMAC over
 * both numbers, the names and its own role. It tells who is there and protects nothing after: between machines TLS comes in front.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import { Reader, Writer } from "../codec/index.ts"
import { closeFrame, FrameError, KIND, openFrame, PROTOCOL } from "./frame.ts"

export const NONCE_BYTES = 32
export const LEAST_TOKEN = 16

export interface Hello {
  protocol: number
  nonce: Uint8Array
  service: string
  name: string
}

/** What both sides have said before a proof. */
export interface Introduction {
  service: string
  name: string
  clientNonce: Uint8Array
  serverNonce: Uint8Array
}

export interface Welcome {
  proof: Uint8Array
  mostInFlight: number
  mostFrameBytes: number
}

export const createNonce = (): Uint8Array => randomBytes(NONCE_BYTES)

export function prove(role: "client" | "server", token: string, said: Introduction): Uint8Array {
  const hmac = createHmac("sha256", token)
  for (const part of [`ossagent-svrkit-${PROTOCOL}`, role, said.service, said.name]) {
    hmac.update(`${Buffer.byteLength(part)}:${part}`)
  }
  return hmac.update(said.clientNonce).update(said.serverNonce).digest()
}

export function isProof(given: Uint8Array, role: "client" | "server", token: string, said: Introduction): boolean {
  const expected = prove(role, token, said)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** One frame of the handshake, as bytes. Fields follow each other; what a newer side adds behind them is not read. */
function frame(kind: number, write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer(512)
  const opened = openFrame(writer, kind)
  write(writer)
  closeFrame(writer, opened)
  return writer.take()
}

function read<T>(bytes: Uint8Array, from: number, to: number, take: (reader: Reader) => T): T {
  const reader = new Reader()
  reader.reset(bytes, from, to)
  try {
    const value = take(reader)
    if (reader.at > to) reader.overrun(to)
    return value
  } catch (error) {
    throw new FrameError("malformed", `cannot read a frame of the handshake: ${(error as Error).message}`)
  }
}

export const helloFrame = ({ nonce, service, name }: Omit<Hello, "protocol">): Uint8Array =>
  frame(KIND.hello, (w) => {
    w.byte(PROTOCOL)
    w.lengthAndBytes(nonce, "nonce")
    w.string(service, "service")
    w.string(name, "name")
  })

export const readHello = (bytes: Uint8Array, from: number, to: number): Hello =>
  read(bytes, from, to, (r) => ({
    protocol: r.uint32(),
    nonce: nonceOf(r),
    service: r.string(),
    name: r.string(),
  }))

function nonceOf(reader: Reader): Uint8Array {
  const nonce = reader.lengthAndBytes().slice()
  return nonce.length === NONCE_BYTES ? nonce : reader.fail(`a number of ${nonce.length} bytes`)
}

export const challengeFrame = (nonce: Uint8Array): Uint8Array =>
  frame(KIND.challenge, (w) => w.lengthAndBytes(nonce, "nonce"))
export const readChallenge = (bytes: Uint8Array, from: number, to: number): Uint8Array => read(bytes, from, to, nonceOf)

export const proofFrame = (proof: Uint8Array): Uint8Array => frame(KIND.proof, (w) => w.lengthAndBytes(proof, "proof"))
export const readProof = (bytes: Uint8Array, from: number, to: number): Uint8Array =>
  read(bytes, from, to, (r) => r.lengthAndBytes().slice())

export const welcomeFrame = ({ proof, mostInFlight, mostFrameBytes }: Welcome): Uint8Array =>
  frame(KIND.welcome, (w) => {
    w.lengthAndBytes(proof, "proof")
    w.uint32(mostInFlight, "mostInFlight")
    w.uint32(mostFrameBytes, "mostFrameBytes")
  })
export const readWelcome = (bytes: Uint8Array, from: number, to: number): Welcome =>
  read(bytes, from, to, (r) => ({
    proof: r.lengthAndBytes().slice(),
    mostInFlight: r.uint32(),
    mostFrameBytes: r.uint32(),
  }))

export const refusalFrame = (code: string, message: string): Uint8Array =>
  frame(KIND.refusal, (w) => {
    w.string(code, "code")
    w.string(message, "message")
  })
export const readRefusal = (bytes: Uint8Array, from: number, to: number): { code: string; message: string } =>
  read(bytes, from, to, (r) => ({ code: r.string(), message: r.string() }))
