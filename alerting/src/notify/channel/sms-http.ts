/** SMS by an HTTP gateway in Twilio's form: `POST /2010-04-01/Accounts/{sid}/Messages.json`, receipts by signed calls back. */
import { createHmac, timingSafeEqual } from "node:crypto"
import { type Answer, post, refuseStatus } from "../http/post.ts"
import { fitSms } from "../sms/fit.ts"
import { type Channel, ChannelError } from "./channel.ts"
import { hostOf, type SecretsOf, type TwilioSettings } from "./schema.ts"
import type { HttpDeps } from "./webhook.ts"

/** Of the gateway's codes: too fast for the sender or the account, or its queue is full. */
const THROTTLED = new Set([14107, 20429, 21611, 63017, 63018, 30022])

export function createHttpSms(
  settings: TwilioSettings,
  { password }: SecretsOf<"sms">,
  { allowPrivate }: HttpDeps,
  id: string,
): Channel {
  const { url: base, accountSid, from, callbackUrl, maxParts } = settings
  const url = `${base.replace(/\/+$/, "")}/2010-04-01/Accounts/${accountSid}/Messages.json`
  const what = `send the SMS by ${hostOf(base)}`
  const authorization = `Basic ${Buffer.from(`${accountSid}:${password}`).toString("base64")}`
  return {
    kind: "sms",
    receipts: callbackUrl !== "",
    send: async ({ key, to, text, link }, signal) => {
      const body = new URLSearchParams({
        To: to,
        [/^MG[0-9a-f]{32}$/i.test(from) ? "MessagingServiceSid" : "From"]: from,
        Body: fitSms(text, link, maxParts),
        ValidityPeriod: "14400", // an alarm that is hours late is of no use
        ...(callbackUrl === "" ? {} : { StatusCallback: toCallbackUrl(callbackUrl, id) }),
      }).toString()
      const headers = {
        authorization,
        "content-type": "application/x-www-form-urlencoded",
        "i-twilio-idempotency-token": key,
      }
      const answer = await post({ url, headers, body, allowPrivate, signal, what })
      refuseThrottled(answer, what)
      refuseStatus(answer, what)
      return { delivered: false, ...toId(answer.text) }
    },
    stop: async () => undefined,
  }
}

/** Where the gateway reports to, of one channel. */
export const toCallbackUrl = (callbackUrl: string, id: string): string =>
  `${callbackUrl.replace(/\/+$/, "")}/v1/receipts/sms/${id}`

function refuseThrottled(answer: Answer, what: string): void {
  const { code } = parseJson(answer.text)
  if (answer.status === 429 || !THROTTLED.has(Number(code))) return
  throw new ChannelError(`cannot ${what}: it answered ${answer.status}, code ${code}`, {
    retry: true,
    retryAfterMs: 1_000,
  })
}

function toId(text: string): { providerId?: string } {
  const { sid } = parseJson(text)
  return typeof sid === "string" ? { providerId: sid.slice(0, 100) } : {}
}

function parseJson(text: string): { sid?: unknown; code?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as { sid?: unknown }
  } catch {
    return {}
  }
}

/**
 * Whether a call back is the gateway's: base64 of HMAC-SHA1, keyed with the account's token, over the URL and the sorted fields.
 *
 * @param url as the gateway was given it
 */
export function isSigned(
  url: string,
  fields: Record<string, string>,
  { signature, token }: { signature: string; token: string },
): boolean {
  const text = Object.keys(fields)
    .sort()
    .reduce((all, name) => all + name + fields[name], url)
  const expected = createHmac("sha1", token).update(text).digest()
  const given = Buffer.from(signature, "base64")
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** What a call back says, or null: still on its way. */
export function toHttpReceipt(
  fields: Record<string, string>,
): { providerId: string; delivered: boolean; why: string } | null {
  const { MessageSid: providerId = "", MessageStatus: status = "", ErrorCode: code } = fields
  if (providerId === "") return null
  if (status === "delivered" || status === "read") return { providerId, delivered: true, why: "" }
  if (status !== "undelivered" && status !== "failed" && status !== "canceled") return null
  return { providerId, delivered: false, why: `it could not be delivered (${status}${code ? `, error ${code}` : ""})` }
}
