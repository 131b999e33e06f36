import { checkCommand } from "@ossagent/im-client/guard"
import { type CommandInit, decodeCommand, encodeCommand } from "@ossagent/im-client/protocol"
import fc from "fast-check"
import { expect, it } from "vitest"
import { toSigned } from "./sign.ts"

const key = new TextEncoder().encode("a-key-for-commands-in-these-tests")
const to = { uid: 7, device: 1, commandKey: key }
const subject = { uid: 7, device: 1, key, newest: 0, now: 1_000 }
const sign = (command: CommandInit, number = 5) => decodeCommand(toSigned(command, to, { number, now: 1_000 }))
const away = { offlineSec: 300, why: "asks" }

it("a client obeys what is signed for it, once", () => {
  const command = sign(away)
  expect(checkCommand(command, subject)).toMatchObject({ obey: true, number: 5, command: away })
  expect(checkCommand(command, { ...subject, newest: 5 })).toMatchObject({ obey: false, why: "replayed" })
})

it("whatever is not the service's, of another device, or of another time is refused", () => {
  const command = sign(away)
  const why = (given: typeof command, more: object = {}) => {
    const checked = checkCommand(given, { ...subject, ...more })
    return checked.obey ? "obeyed" : checked.why
  }
  expect(why(decodeCommand(encodeCommand(away)))).toBe("unsigned")
  expect(why(command, { key: new Uint8Array(0) })).toBe("unsigned")
  expect(why(command, { key: new TextEncoder().encode("another key") })).toBe("forged")
  expect(why({ ...command, mac: command.mac.slice(1) })).toBe("forged")
  expect(why(command, { device: 2 })).toBe("foreign")
  expect(why(command, { uid: 8 })).toBe("foreign")
  expect(why(command, { now: 3_600_000 })).toBe("stale")
  expect(why(command, { now: -3_600_000 })).toBe("stale")
})

it("what an old client reads beside the signature is nothing to a new one", () => {
  const forged = { ...sign({ heartbeatSec: 60 }), offlineSec: 86_400 }
  expect(checkCommand(forged, subject)).toMatchObject({ obey: true, command: { offlineSec: 0, heartbeatSec: 60 } })
})

it("no change of a byte goes unnoticed", () => {
  const command = sign(away)
  fc.assert(
    fc.property(fc.nat(command.order.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const order = command.order.slice()
      order[at] = (order[at] as number) ^ by
      expect(checkCommand({ ...command, order }, subject)).toMatchObject({ obey: false, why: "forged" })
    }),
  )
})
