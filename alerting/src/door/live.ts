import { ServiceError } from "@ossagent/svrkit"
import type { AlarmLiveEvent } from "@ossagent/wire"
import type { FastifyInstance } from "fastify"
import { toServiceError } from "../errors.ts"
import type { DoorDeps } from "./door.ts"
import { READ } from "./request.ts"

const MOST_LISTENERS = 200
/** A listener that does not read is cut off rather than buffered for. */
const MOST_UNREAD_BYTES = 1_000_000
const PING_MS = 15_000

/** `GET /v1/live`: the counts at once, then an event for every change, and a comment line every 15 s. */
export function addLiveRoute(http: FastifyInstance, { hub, book }: Pick<DoorDeps, "hub" | "book">): void {
  let listeners = 0
  http.get("/v1/live", READ, async (_request, reply) => {
    if (listeners >= MOST_LISTENERS)
      throw new ServiceError("too_many_requests", `cannot open more than ${MOST_LISTENERS} live streams`, {
        retryAfterSec: 30,
      })
    listeners++
    const open = await book.countOpen().catch((error: unknown) => {
      listeners--
      throw toServiceError(error)
    })
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" })
    const write = (text: string): void => {
      if (raw.writableLength > MOST_UNREAD_BYTES) raw.destroy()
      else raw.write(text)
    }
    const send = (event: AlarmLiveEvent): void => write(`data: ${JSON.stringify(event)}\n\n`)
    send({ changed: [], open })
    const leave = hub.join(send)
    const ping = setInterval(() => write(": ping\n\n"), PING_MS)
    raw.on("close", () => {
      listeners--
      clearInterval(ping)
      leave()
    })
  })
}
