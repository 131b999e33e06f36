/** A Feishu (Lark) custom bot. 100 messages a minute and 5 a second to a bot, 20 KB each; errors come with status 200 and a code. */
import { createHmac } from "node:crypto"
import { post, refuseStatus } from "../http/post.ts"
import { cutBytes } from "../text/cut.ts"
import { type Channel, ChannelError, type Outgoing } from "./channel.ts"
import { hostOf, type SecretsOf } from "./schema.ts"
import type { HttpDeps } from "./webhook.ts"

const MOST_BYTES = 15_000
const THROTTLED = new Set([9499, 11232])
/** Of the service itself, not of this message. */
const BUSY = new Set([1000, 11246])

export function createFeishu({ url, secret }: SecretsOf<"feishu">, { allowPrivate, now }: HttpDeps): Channel {
  const what = `send to ${hostOf(url)}`
  return {
    kind: "feishu",
    receipts: false,
    send: async (message, signal) => {
      const body = JSON.stringify({ ...(secret ? sign(secret, now()) : {}), ...toCard(message) })
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

/** The key is what is signed, the text is empty: that is how Feishu defines it. */
function sign(secret: string, at: number): { timestamp: string; sign: string } {
  const timestamp = String(Math.floor(at / 1_000))
  return { timestamp, sign: createHmac("sha256", `${timestamp}\n${secret}`).digest("base64") }
}

const COLORS = { critical: "red", warning: "orange", info: "blue" } as const

/** Text is `plain_text`: nothing in it is markup. */
function toCard({ kind, severity, subject, text, link, language }: Outgoing) {
  const open = language === "zh" ? "打开" : "Open"
  return {
    msg_type: "interactive",
    card: {
      config: { wide_screen_mode: true },
      header: {
        template: kind === "resolved" ? "green" : COLORS[severity],
        title: { tag: "plain_text", content: subject },
      },
      elements: [
        { tag: "div", text: { tag: "plain_text", content: cutBytes(text, MOST_BYTES) } },
        {
          tag: "action",
          actions: [{ tag: "button", text: { tag: "plain_text", content: open }, url: link, type: "default" }],
        },
      ],
    },
  }
}

function refuseCode(text: string, what: string): void {
  const { code, msg } = parseAnswer(text)
  if (code === 0) return
  const why = `cannot ${what}: it answered code ${code}: ${msg}`
  if (THROTTLED.has(code)) throw new ChannelError(why, { retry: true, retryAfterMs: 2_000 })
  throw new ChannelError(why, { retry: BUSY.has(code), away: BUSY.has(code) })
}

function parseAnswer(text: string): { code: number; msg: string } {
  try {
    const { code, StatusCode, msg } = JSON.parse(text) as { code?: number; StatusCode?: number; msg?: string }
    return { code: Number(code ?? StatusCode ?? 0), msg: String(msg ?? "").slice(0, 200) }
  } catch {
    return { code: -1, msg: "no JSON" }
  }
}
