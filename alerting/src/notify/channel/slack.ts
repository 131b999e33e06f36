/** A Slack incoming webhook. One message a second to a channel; over that 429 with `Retry-After`. */
import { post, refuseStatus } from "../http/post.ts"
import type { Channel, Outgoing } from "./channel.ts"
import { hostOf, type SecretsOf } from "./schema.ts"
import type { HttpDeps } from "./webhook.ts"

/** Of a section's text; Slack refuses more. */
const MOST_CHARS = 3_000

export function createSlack({ url }: SecretsOf<"slack">, { allowPrivate }: HttpDeps): Channel {
  const what = `send to ${hostOf(url)}`
  return {
    kind: "slack",
    receipts: false,
    send: async (message, signal) => {
      const body = JSON.stringify(toSlack(message))
      const headers = { "content-type": "application/json" }
      refuseStatus(await post({ url, headers, body, allowPrivate, signal, what }), what)
      return { delivered: false }
    },
    stop: async () => undefined,
  }
}

const COLORS = { critical: "#c2261f", warning: "#b45309", info: "#2563eb" } as const

function toSlack({ kind, severity, subject, text, link }: Outgoing) {
  const color = kind === "resolved" ? "#1b7f4b" : COLORS[severity]
  const said = escapeSlack(text).slice(0, MOST_CHARS)
  const section = { type: "section", text: { type: "mrkdwn", text: said, verbatim: true } }
  return {
    text: escapeSlack(subject).slice(0, MOST_CHARS),
    unfurl_links: false,
    attachments: [{ color, blocks: [section], fallback: `${escapeSlack(subject)} ${link}` }],
  }
}

/** The three characters that Slack's markup is made with: no mention or link can come from a metric's name. */
const escapeSlack = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
