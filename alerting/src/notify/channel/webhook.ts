/**
 * A webhook: JSON as in `webhook-body.ts`, signed. `X-OssAgent-Signature: t=<Unix s>,v1=<hex of HMAC-SHA256(secret, t + "." + body)>`;
 * `Idempotency-Key` is equal for every try of a message.
 */
import { createHmac } from "node:crypto"
import { post, refuseStatus } from "../http/post.ts"
import { type Channel, ChannelError } from "./channel.ts"
import { hostOf, type SecretsOf, type SettingsOf } from "./schema.ts"

export interface HttpDeps {
  allowPrivate: boolean
  /** Unix ms. */
  now: () => number
}

export function createWebhook(
  { url }: SettingsOf<"webhook">,
  { secret }: SecretsOf<"webhook">,
  { allowPrivate, now }: HttpDeps,
): Channel {
  const what = `send to ${hostOf(url)}`
  return {
    kind: "webhook",
    receipts: false,
    send: async ({ key, body }, signal) => {
      if (body === null) throw new ChannelError(`cannot ${what}: the message was not written`, { retry: false })
      const json = JSON.stringify(body)
      const headers = {
        "content-type": "application/json",
        "idempotency-key": key,
        "x-ossagent-signature": toSignature(secret, json, now()),
      }
      refuseStatus(await post({ url, headers, body: json, allowPrivate, signal, what }), what)
      return { delivered: true }
    },
    stop: async () => undefined,
  }
}

/** @param at Unix ms */
export function toSignature(secret: string, body: string, at: number): string {
  const t = Math.floor(at / 1_000)
  return `t=${t},v1=${createHmac("sha256", secret).update(`${t}.${body}`).digest("hex")}`
}
