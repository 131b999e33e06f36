/** SMS by SMPP 3.4. A message is one part where it can be said in one; the receipt of the last part counts for all. */
import { createHash } from "node:crypto"
import smpp from "smpp"
import { fitSms } from "../sms/fit.ts"
import { type Coding, codingOf, splitParts, toUdh } from "../sms/gsm.ts"
import { createLink, type LinkOptions } from "../sms/link.ts"
import { type Channel, ChannelError } from "./channel.ts"
import type { SecretsOf, SmppSettings } from "./schema.ts"

export type SmppDeps = Pick<LinkOptions, "onReceipt" | "enquireMs">

export function createSmppSms(settings: SmppSettings, { password }: SecretsOf<"sms">, deps: SmppDeps): Channel {
  const { host, port, tls, systemId, systemType, window, receipts, maxParts, from } = settings
  const link = createLink({ host, port, tls, systemId, systemType, password, window, ...deps })
  return {
    kind: "sms",
    receipts,
    trouble: link.trouble,
    send: async ({ key, to, text, link: page }, signal) => {
      if (!/^\+\d{6,15}$/.test(to))
        throw new ChannelError("cannot send the SMS: the number is not like +8613800138000", { retry: false })
      const said = fitSms(text, page, maxParts)
      const coding = codingOf(said) // one for all parts, or the phone would not put them together
      const parts = splitParts(said)
      const address = { ...toSource(from), ...toDestination(to) }
      const reference = toReference(key)
      let id = ""
      for (const [i, part] of parts.entries()) {
        const last = i === parts.length - 1
        const fields = { ...toFields(part, coding, { reference, count: parts.length, number: i + 1 }), ...address }
        id = await link.submit(
          { ...fields, registered_delivery: receipts && last ? 1 : 0, user_message_reference: reference },
          signal,
        )
      }
      return { delivered: false, ...(id === "" ? {} : { providerId: id }) }
    },
    stop: link.stop,
  }
}

/** SMPP has no key of its own for repeats: this number of 16 bits is equal for every try of the same message. */
const toReference = (key: string): number => createHash("sha256").update(key).digest().readUInt16BE(0)

interface Place {
  reference: number
  count: number
  number: number
}

function toFields(text: string, coding: Coding, { reference, count, number }: Place) {
  const message = smpp.encodings[coding === "gsm7" ? "ASCII" : "UCS2"].encode(text)
  const long = count > 1
  return {
    data_coding: coding === "gsm7" ? 0 : 8,
    esm_class: long ? 0x40 : 0,
    short_message: long ? Buffer.concat([toUdh(reference, count, number), message]) : message,
  }
}

const INTERNATIONAL = { ton: 1, npi: 1 }

function toDestination(to: string) {
  return { dest_addr_ton: INTERNATIONAL.ton, dest_addr_npi: INTERNATIONAL.npi, destination_addr: to.slice(1) }
}

/** Letters are a name (type of number 5); short numbers are the network's own. */
function toSource(from: string) {
  if (/^\+\d+$/.test(from)) return { source_addr_ton: 1, source_addr_npi: 1, source_addr: from.slice(1) }
  if (from === "" || /^\d+$/.test(from)) return { source_addr_ton: 0, source_addr_npi: 1, source_addr: from }
  return { source_addr_ton: 5, source_addr_npi: 0, source_addr: from }
}
