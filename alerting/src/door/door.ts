/** The HTTP routes of the contract (`wire/src/alarm.ts`), one file a noun. */

import type { BacktestAnswer, BacktestQuestion, ChannelKind } from "@ossagent/wire"
import type { FastifyInstance } from "fastify"
import type { Kysely } from "kysely"
import type { Book } from "../alarm/book.ts"
import type { Database } from "../database/types.ts"
import type { Acts } from "../incident/act.ts"
import type { SmsReceipt } from "../notify/sms/receipt.ts"
import type { OnCallStore } from "../oncall/store.ts"
import type { ReleaseActs } from "../release/acts.ts"
import type { RuleStore } from "../rule/store.ts"
import { addAlarmRoutes } from "./alarms.ts"
import { addAuditRoutes } from "./audit.ts"
import { addBacktestRoute } from "./backtest.ts"
import { addForgetRoute } from "./forget.ts"
import type { Hub } from "./hub.ts"
import { addIncidentRoutes } from "./incidents.ts"
import { addLiveRoute } from "./live.ts"
import { addMessageRoutes } from "./messages.ts"
import { addOnCallRoutes } from "./oncall.ts"
import { addOutboxRoutes } from "./outbox.ts"
import { addPulseRoute } from "./pulse.ts"
import { addReceiptRoutes } from "./receipts.ts"
import { addReleaseRoutes } from "./releases.ts"
import { addRuleRoutes } from "./rules.ts"
import { addSilenceRoutes } from "./silences.ts"

export interface DoorDeps {
  db: Kysely<Database>
  book: Book
  acts: Acts
  onCall: OnCallStore
  /** Kinds of channels that are set up by settings. */
  builtIn: () => ReadonlySet<ChannelKind>
  rules: RuleStore
  releases: ReleaseActs
  backtest: (question: BacktestQuestion) => Promise<BacktestAnswer>
  hub: Hub
  now: () => number
  /** Called when a person closes an absence alarm: that thing is not missed any more. */
  forget: (ruleId: string, group: Record<string, string>) => Promise<void>
  /** Called when a service is gone for good; answers how much of it was missed, or would have been. */
  forgetService: (service: string) => Promise<number>
  /** Called with ids of outbox rows that are to be sent now. */
  wake: (ids: readonly string[]) => void
  onReceipt: (receipt: SmsReceipt) => Promise<void>
}

export function addRoutes(http: FastifyInstance, deps: DoorDeps): void {
  addAlarmRoutes(http, deps)
  addForgetRoute(http, deps)
  addIncidentRoutes(http, deps)
  addOnCallRoutes(http, deps)
  addSilenceRoutes(http, deps)
  addRuleRoutes(http, deps)
  addBacktestRoute(http, deps)
  addOutboxRoutes(http, deps)
  addMessageRoutes(http, deps)
  addReceiptRoutes(http, deps)
  addAuditRoutes(http, deps)
  addPulseRoute(http, deps)
  addReleaseRoutes(http, deps)
  addLiveRoute(http, deps)
}
