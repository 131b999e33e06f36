import type { ChannelKind } from "@ossagent/wire"
import type { RateLimits } from "./bucket.ts"

const DIGEST = { digestWaitSec: 3, digestEverySec: 60, reserve: 0 } as const

/**
 * Messages to one recipient on one channel, below what the providers publish: SMS as the strictest of Aliyun (40 a day), Baidu (10 an
 * hour) and Twilio; Slack 1 a second; Feishu 5 a second and 100 a minute; WeCom 20 a minute. The rest are ours.
 */
const LIMITS: Record<Exclude<ChannelKind, "email">, RateLimits> = {
  sms: {
    windows: [
      { burst: 3, refillSec: 60 },
      { burst: 10, refillSec: 360 },
      { burst: 40, refillSec: 2_160 },
    ],
    reserve: 0.25,
    digestWaitSec: 5,
    digestEverySec: null,
  },
  im: { ...DIGEST, windows: [{ burst: 20, refillSec: 3 }] },
  webhook: { ...DIGEST, windows: [{ burst: 100, refillSec: 0.1 }] },
  slack: { ...DIGEST, windows: [{ burst: 5, refillSec: 1 }], digestEverySec: null },
  feishu: {
    ...DIGEST,
    windows: [
      { burst: 5, refillSec: 0.2 },
      { burst: 100, refillSec: 0.6 },
    ],
    digestEverySec: null,
  },
  wecom: { ...DIGEST, windows: [{ burst: 20, refillSec: 3 }], digestEverySec: null },
}

export type Limits = Record<ChannelKind, RateLimits>

/** @param email as the settings say */
export const toLimits = (email: { burst: number; refillSec: number }): Limits => ({
  ...LIMITS,
  email: { ...DIGEST, windows: [email] },
})
