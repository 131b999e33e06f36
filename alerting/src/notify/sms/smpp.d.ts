/** What this service uses of `smpp`, which comes without types. */
declare module "smpp" {
  import type { EventEmitter } from "node:events"
  import type { Server as NetServer, Socket } from "node:net"

  export class PDU {
    command: string
    command_status: number
    sequence_number: number
    message_id?: string
    system_id?: string
    password?: string
    esm_class?: number
    data_coding?: number
    registered_delivery?: number
    source_addr?: string
    destination_addr?: string
    user_message_reference?: number
    receipted_message_id?: string
    message_state?: number
    short_message?: { message: string | Buffer; udh?: Buffer[] }
    response(options?: Record<string, unknown>): PDU
  }

  export class Session extends EventEmitter {
    socket: Socket
    send(pdu: PDU, onResponse?: (pdu: PDU) => void): boolean
    bind_transceiver(options: Record<string, unknown>, onResponse: (pdu: PDU) => void): boolean
    submit_sm(options: Record<string, unknown>, onResponse: (pdu: PDU) => void): boolean
    deliver_sm(options: Record<string, unknown>, onResponse?: (pdu: PDU) => void): boolean
    enquire_link(options: Record<string, unknown>, onResponse: (pdu: PDU) => void): boolean
    unbind(onResponse?: (pdu: PDU) => void): boolean
    pause(): void
    resume(): void
    close(): void
    destroy(): void
  }

  interface Smpp {
    connect(options: { host: string; port: number; tls?: boolean; servername?: string }): Session
    createServer(onSession: (session: Session) => void): NetServer & { sessions: Session[] }
    errors: Record<string, number>
    encodings: Record<"ASCII" | "UCS2", { encode(text: string): Buffer; decode(bytes: Buffer): string }>
  }
  const smpp: Smpp
  export default smpp
}
