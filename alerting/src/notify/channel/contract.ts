/** What every channel must do, whatever it is: one suite, run against the real other side of each. For tests. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { type Channel, ChannelError, type Outgoing } from "./channel.ts"

export type Mode = "take" | "refuse" | "throttle" | "stall"

/** The other side of a channel, as a test steers it. */
export interface Peer {
  channel: Channel
  /** How messages are answered from now on; `throttle` only the next one. */
  behave: (mode: Mode) => void
  /** What arrived and was taken: the id by which a repeat is known, and the message as it came. */
  taken: { id: string; text: string }[]
  /** Nothing listens any more, and again. */
  leave: () => Promise<void>
  comeBack: () => Promise<void>
  /** What must never be seen in an error. */
  secrets: string[]
  stop: () => Promise<void>
}

export interface Expected {
  to: string
  delivered: boolean
  /** It says how long to wait when it is throttled. */
  saysWait: boolean
  /** No metric's name becomes markup: what must not stand in a message as it came. */
  never: RegExp
}

const HOSTILE = "<script>alert(1)</script> <!channel> **x** @all \r\nBcc: x@y &lt;"

export const toOutgoing = (key: string, to: string, text = `disk full ${key}`): Outgoing => ({
  ...{ key, kind: "firing", severity: "critical", language: "en", to, incidentId: "12" },
  ...{ subject: text.replace(/[\r\n]+/g, " "), text, link: "http://dash.test/incidents/12" },
  mail: {
    ...{ from: "OssAgent <ossagent@localhost>", to, subject: text, text, messageId: `<${key}>` },
    html: `<p>${text.replaceAll("<", "&lt;")}</p>`,
  },
  body: {
    ...{ version: 1, key, kind: "firing", severity: "critical", language: "en", sentAt: 1, title: text, text },
    ...{ link: "http://dash.test/incidents/12", incident: null, alarms: [] },
  },
})

export function holdContract(name: string, startPeer: () => Promise<Peer>, expected: Expected): void {
  describe(name, () => {
    let peer: Peer
    const faults: ChannelError[] = []
    beforeAll(async () => {
      peer = await startPeer()
    })
    afterAll(() => peer.stop())
    beforeEach(() => peer.behave("take"))
    afterEach(() => {
      for (const fault of faults.splice(0))
        for (const secret of peer.secrets) expect(JSON.stringify([fault.message, fault.stack])).not.toContain(secret)
    })
    const send = (key: string, ms = 5_000, text?: string) =>
      peer.channel.send(toOutgoing(key, expected.to, text), AbortSignal.timeout(ms))
    const fail = async (key: string, ms?: number): Promise<ChannelError> => {
      const error: unknown = await send(key, ms).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ChannelError)
      faults.push(error as ChannelError)
      return error as ChannelError
    }
    const arrived = (key: string) => peer.taken.filter(({ text }) => text.includes(key))

    test("what is sent is taken", async () => {
      expect(await send("good")).toMatchObject({ delivered: expected.delivered })
      expect(arrived("good")).toHaveLength(1)
    })

    test("what is refused for good is not tried again", async () => {
      peer.behave("refuse")
      expect(await fail("bad")).toMatchObject({ retry: false })
    })

    test("what is throttled waits as it is told, and is taken then", async () => {
      peer.behave("throttle")
      const fault = await fail("fast")
      expect(fault.retry).toBe(true)
      if (expected.saysWait) expect(fault.retryAfterMs).toBeGreaterThan(0)
      await send("fast")
      expect(arrived("fast")).toHaveLength(1)
    })

    test("another side that stalls is left after the time limit, and asked again later", async () => {
      peer.behave("stall")
      const from = performance.now()
      expect(await fail("slow", 300)).toMatchObject({ retry: true, away: true })
      expect(performance.now() - from).toBeLessThan(2_000)
      peer.behave("take")
      await send("after the stall")
    })

    test("the end of the service cuts a message that is under way", async () => {
      peer.behave("stall")
      const stopping = new AbortController()
      const sending = peer.channel.send(toOutgoing("cut", expected.to), stopping.signal)
      setTimeout(() => stopping.abort(new Error("the service stops")), 100)
      await expect(sending).rejects.toMatchObject({
        retry: true,
        message: expect.stringContaining("the service stops"),
      })
    })

    test("another side that is gone is told as away, and works again when it is back", async () => {
      await peer.leave()
      expect(await fail("gone")).toMatchObject({ retry: true, away: true })
      await peer.comeBack()
      await send("back again")
      expect(arrived("back again")).toHaveLength(1)
    })

    test("a repeat goes under the same id, and another message under another", async () => {
      for (const key of ["same", "same", "other"]) await send(key)
      const ids = [...arrived("same"), ...arrived("other")].map(({ id }) => id)
      expect(ids).toHaveLength(3)
      expect(ids[0]).toBe(ids[1])
      expect(ids[2]).not.toBe(ids[0])
    })

    test("what comes from metrics is text", async () => {
      await send("hostile", 5_000, `hostile ${HOSTILE}`)
      const [one] = arrived("hostile")
      expect(one?.text).not.toMatch(expected.never)
    })
  })
}
