import type { PDU } from "smpp"

/** What an SMSC says later about a message. */
export interface SmsReceipt {
  /** The id as it was given, then as it may have been meant: some SMSCs give it in hex and report it in decimal, or the other way. */
  ids: string[]
  delivered: boolean
  why: string
}

const IS_RECEIPT = 0x04
const TYPE_MASK = 0x3c

/** SMPP 3.4 §5.2.28, and the words of its appendix B. */
const BY_NUMBER: Record<number, string> = {
  2: "DELIVRD",
  3: "EXPIRED",
  4: "DELETED",
  5: "UNDELIV",
  7: "UNKNOWN",
  8: "REJECTD",
}
const FAILED: Record<string, string> = {
  EXPIRED: "it was not delivered before it expired",
  DELETED: "the SMSC deleted it",
  UNDELIV: "it could not be delivered",
  UNKNOWN: "the SMSC does not know what became of it",
  REJECTD: "the network refused it",
}

/** Null: no receipt, or one that says that it is still on its way. */
export function toReceipt(pdu: PDU): SmsReceipt | null {
  if (((pdu.esm_class ?? 0) & TYPE_MASK) !== IS_RECEIPT) return null
  const text = String(pdu.short_message?.message ?? "")
  const id = pdu.receipted_message_id?.replace(/\0/g, "") || /\bid:(\S+)/i.exec(text)?.[1]
  const state = /\bstat:(\w+)/i.exec(text)?.[1]?.toUpperCase() ?? BY_NUMBER[pdu.message_state ?? 0]
  if (!id || state === undefined) return null
  const ids = toForms(id)
  if (state === "DELIVRD") return { ids, delivered: true, why: "" }
  const why = FAILED[state]
  if (why === undefined) return null
  const code = /\berr:(\w+)/i.exec(text)?.[1]
  return { ids, delivered: false, why: `${why} (${state}${code && Number(code) !== 0 ? `, error ${code}` : ""})` }
}

/** An id as it is, then in the other base, with and without leading zeros. */
export function toForms(id: string): string[] {
  const forms = [id]
  if (/^\d+$/.test(id)) {
    const hex = BigInt(id).toString(16)
    forms.push(
      id.replace(/^0+(?=.)/, ""),
      hex,
      hex.toUpperCase(),
      hex.padStart(8, "0"),
      hex.padStart(8, "0").toUpperCase(),
    )
  }
  if (/^[0-9a-f]+$/i.test(id)) {
    const decimal = BigInt(`0x${id}`).toString()
    forms.push(decimal, decimal.padStart(10, "0"))
  }
  return [...new Set(forms)]
}
