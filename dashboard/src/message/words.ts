import type { ChannelKind, Message, MessageKind, MessageState } from "@ossagent/wire"
import type { Tone } from "../piece/badge.tsx"

export const CHANNEL_NAMES: Record<ChannelKind, string> = {
  email: "e-mail",
  sms: "SMS",
  im: "IM",
  webhook: "webhook",
  slack: "Slack",
  feishu: "Feishu",
  wecom: "WeCom",
}

export const KIND_NAMES: Record<MessageKind, string> = {
  firing: "firing",
  escalated: "escalated",
  repeated: "still firing",
  resolved: "resolved",
  digest: "digest",
  "silence-ends": "a silence ends",
  "silent-alerting": "alerting is silent",
  test: "test",
}

/** What each state means, as the log explains it. */
export const STATES: Record<MessageState, { tone: Tone; meaning: string }> = {
  waiting: { tone: "plain", meaning: "goes out when the way before it has not delivered in time" },
  queued: { tone: "info", meaning: "about to go out, or to be tried again" },
  held: { tone: "info", meaning: "over the rate of its receiver: waits for a digest" },
  merged: { tone: "info", meaning: "told as part of a digest" },
  sending: { tone: "info", meaning: "on its way at this moment" },
  sent: { tone: "ok", meaning: "taken by the channel" },
  delivered: { tone: "ok", meaning: "the receiver’s side said so" },
  failed: { tone: "bad", meaning: "not told: every try failed" },
  skipped: { tone: "plain", meaning: "not needed any more" },
}

/** Nothing more becomes of it; `sent` may still be followed by a receipt. */
export const isOver = (state: MessageState): boolean =>
  ["sent", "delivered", "failed", "skipped", "merged"].includes(state)

/** `Ann by SMS to +49…`; a channel of its own is named alone. */
export function describeReceiver({ contactName, channel, channelName, to }: Message): string {
  const way = CHANNEL_NAMES[channel]
  if (contactName !== null) return contactName === to ? `${to} by ${way}` : `${contactName} by ${way} to ${to}`
  return to === "" || to === channelName ? `${channelName} (${way})` : `${channelName} (${way}) to ${to}`
}
