import { createHmac } from "node:crypto"
import { type CommandInit, encodeCommand, encodeOrder, MAC_BYTES } from "@ossagent/im-client/protocol"

/** A command that is longer under way is not obeyed. */
const ORDER_MS = 5 * 60_000

/** To whom a command goes. */
export interface Addressee {
  uid: number
  device: number
  /** Of the ticket that the device has. */
  commandKey: Uint8Array
}

/**
 * A command as it goes out: signed for one device, so that nothing between here and the device, a proxy where TLS ends included, can make
 * one up, send one again, or give one to somebody else. Clients from before it obey the same fields without.
 *
 * @param number higher than that of every earlier command to this device
 */
export function toSigned(
  command: CommandInit,
  { uid, device, commandKey }: Addressee,
  { number, now }: { number: number; now: number },
): Uint8Array {
  const order = encodeOrder({ uid, device, number, expiresAt: now + ORDER_MS, command })
  const mac = createHmac("sha256", commandKey).update(order).digest().subarray(0, MAC_BYTES)
  return encodeCommand({ ...command, order, mac })
}
