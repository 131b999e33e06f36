/** A WeCom group bot. 20 messages a minute to a bot, 2,048 bytes of text; errors come with status 200 and an errcode. */
import { post, refuseStatus } from "../http/post.ts"
import { cutBytes } from "../text/cut.ts"
import { type Channel, ChannelError } from "./channel.ts"
import { hostOf, type SecretsOf } from "./schema.ts"
import type { HttpDeps } from "./webhook.ts"

const MOST_BYTES = 2_048
/** Calls over the bot's rate. */
const THROTTLED = 45009
const BUSY = -1

export function createWecom({ url }: SecretsOf<"wecom">, { allowPrivate }: HttpDeps): Channel {
  const what = `send to ${hostOf(url)}`
  return {
    kind: "wecom",
    receipts: false,
    send: async ({ text }, signal) => {
      // plain text: a name from a metric is no markup, and mentions nobody
      const body = JSON.stringify({ msgtype: "text", text: { content: cutBytes(text, MOST_BYTES) } })
      const answer = await post({
        url,
        headers: { "content-type": "application/json" },
        body,
        allowPrivate,
        signal,
        what,
      })
      refuseStatus(answer, what)
      refuseCode(answer.text, what)
      return { delivered: false }
    },
    stop: async () => undefined,
  }
}

function refuseCode(text: string, what: string): void {
  const { errcode, errmsg } = parseAnswer(text)
  if (errcode === 0) return
  const why = `cannot ${what}: it answered errcode ${errcode}: ${errmsg}`
  if (errcode === THROTTLED) throw new ChannelError(why, { retry: true, retryAfterMs: 20_000 })
  throw new ChannelError(why, { retry: errcode === BUSY, away: errcode === BUSY })
}

function parseAnswer(text: string): { errcode: number; errmsg: string } {
  try {
    const { errcode, errmsg } = JSON.parse(text) as { errcode?: number; errmsg?: string }
    return { errcode: Number(errcode ?? 0), errmsg: String(errmsg ?? "").slice(0, 200) }
  } catch {
    return { errcode: BUSY, errmsg: "no JSON" }
  }
}
