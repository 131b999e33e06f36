/** Delivery receipts of SMS gateways. They know no token of ours: their signature is what lets them in. */
import { parse, ServiceError } from "@ossagent/svrkit"
import type { Channel } from "@ossagent/wire"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { z } from "zod"
import { CHANNEL_SCHEMAS } from "../notify/channel/schema.ts"
import { isSigned, toCallbackUrl, toHttpReceipt } from "../notify/channel/sms-http.ts"
import type { DoorDeps } from "./door.ts"
import { guard, parseId } from "./request.ts"

const MOST_BYTES = 16 * 1_024
const fields = z.record(z.string(), z.string())

export function addReceiptRoutes(http: FastifyInstance, deps: DoorDeps): void {
  void http.register(async (scope) => {
    const options = { parseAs: "string" as const, bodyLimit: MOST_BYTES }
    scope.addContentTypeParser("application/x-www-form-urlencoded", options, async (_: FastifyRequest, body: string) =>
      Object.fromEntries(new URLSearchParams(body)),
    )
    scope.post(
      "/v1/receipts/sms/:id",
      { config: { scope: "open" } },
      guard((request) => take(deps, request)),
    )
  })
}

async function take({ db, onReceipt }: DoorDeps, request: FastifyRequest): Promise<{ ok: true }> {
  const id = parseId(request)
  const given = parse(fields, request.body ?? {}, "body")
  const row = await db
    .selectFrom("oncall")
    .select(["body", "secrets"])
    .where("kind", "=", "channel")
    .where("id", "=", id)
    .executeTakeFirst()
  const settings = CHANNEL_SCHEMAS.sms.settings.safeParse((row?.body as Channel | undefined)?.settings).data
  const refused = new ServiceError("unauthorized", "cannot take the receipt: it is not signed as it should be")
  if (settings?.way !== "http" || settings.callbackUrl === "") throw refused
  const signature = String(request.headers["x-twilio-signature"] ?? "")
  const url = toCallbackUrl(settings.callbackUrl, id)
  if (!isSigned(url, given, { signature, token: row?.secrets.password ?? "" })) throw refused
  const receipt = toHttpReceipt(given)
  if (receipt) await onReceipt({ ids: [receipt.providerId], delivered: receipt.delivered, why: receipt.why })
  return { ok: true }
}
