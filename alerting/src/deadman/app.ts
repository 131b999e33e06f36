/**
 * The dead-man's switch: a process of its own that asks alerting for its pulse and tells somebody by webhook when there is none. It
 * needs neither the database nor the collector, so that it is there when they are not.
 */
import { randomUUID } from "node:crypto"
import { defineService, type ServiceContext } from "@ossagent/svrkit"
import { createWebhook } from "../notify/channel/webhook.ts"
import type { WebhookBody } from "../notify/channel/webhook-body.ts"
import { post } from "../notify/http/post.ts"
import { startLoop } from "../watch/loop.ts"
import { CONFIG } from "./config.ts"
import { CALM, findTrouble, type Pulse, type Standing, toNews } from "./pulse.ts"

type Context = ServiceContext<typeof CONFIG>

const MOST_LOOK_MS = 5_000
const PING_MS = 30_000
const REPEAT_MS = 30 * 60_000
const STUCK_MS = 5 * 60_000
const ASK_MS = 4_000
const SEND_MS = 10_000

export const deadman = defineService({
  name: "deadman",
  config: CONFIG,
  door: ({ port }) => ({ port, credentials: [] }),
  start: async (context) => {
    const { config, log, onStop } = context
    if (config.webhook === undefined)
      log.warn("OSSAGENT_DEADMAN_WEBHOOK is not set: nobody hears when alerting is silent")
    const everyMs = Math.min(MOST_LOOK_MS, config.afterSec * 500)
    let standing: Standing = CALM
    let pingedAt = 0
    const watch = startLoop({ name: "pulse", everyMs, log }, async (now) => {
      const pulses = await Promise.all(config.alertingUrls.map((url) => tryPulse(url, config.token)))
      const trouble = findTrouble(pulses, { silentMs: config.silentSec * 1_000, stuckMs: STUCK_MS })
      const timing = { afterMs: config.afterSec * 1_000, repeatMs: REPEAT_MS }
      const { news, standing: next } = toNews(standing, trouble !== null, now, timing)
      if (news !== null) await tell(context, news, trouble ?? "alerting is back", now)
      standing = next // only when it was told: else it is tried again
      if (trouble === null && Math.abs(now - pingedAt) >= PING_MS) {
        pingedAt = now
        await ping(context)
      }
    })
    onStop(watch.stop)
  },
})

async function tryPulse(url: string, token: string): Promise<Pulse | null> {
  try {
    const response = await fetch(`${url}/v1/pulse`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ASK_MS),
    })
    return response.ok ? ((await response.json()) as Pulse) : null
  } catch {
    return null // no answer is an answer
  }
}

async function tell({ config, log }: Context, news: "trouble" | "over", why: string, now: number): Promise<void> {
  log[news === "trouble" ? "error" : "info"](
    { why },
    news === "trouble" ? "alerting is in trouble" : "alerting is well",
  )
  if (config.webhook === undefined) return
  const key = `deadman ${randomUUID()}`
  const hook = createWebhook(
    { url: config.webhook, language: "en" },
    { secret: config.webhookSecret ?? config.token },
    { allowPrivate: config.allowPrivate, now: Date.now },
  )
  const body = toBody(key, news, why, now)
  const { kind, severity, language, title: subject, text, link } = body
  const message = { key, kind, severity, language, to: "", incidentId: null, subject, text, link, mail: null, body }
  await hook.send(message, AbortSignal.timeout(SEND_MS))
}

function toBody(key: string, news: "trouble" | "over", why: string, now: number): WebhookBody {
  const over = news === "over"
  const title = over ? "Alerting is well again" : `Alerting is silent: ${why}`
  return {
    version: 1,
    key,
    kind: over ? "resolved" : "silent-alerting",
    severity: over ? "info" : "critical",
    language: "en",
    sentAt: now,
    title,
    text: over ? title : `${title}. Alarms may not reach anybody until it is back.`,
    link: "",
    incident: null,
    alarms: [],
  }
}

async function ping({ config, log }: Context): Promise<void> {
  if (config.pingUrl === undefined) return
  try {
    const { allowPrivate, pingUrl: url } = config
    const signal = AbortSignal.timeout(SEND_MS)
    await post({ url, headers: {}, body: "", allowPrivate, signal, what: "send the sign of life" })
  } catch (error) {
    log.warn({ why: (error as Error).message }, "sign of life not taken")
  }
}
