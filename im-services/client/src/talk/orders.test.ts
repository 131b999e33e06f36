import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { expect, it } from "vitest"
import {
  type CommandInit,
  createCommand,
  decodeCommand,
  encodeCommand,
  encodeOrder,
  MAC_BYTES,
} from "../protocol/index.ts"
import type { Account } from "../store/store.ts"
import { Orders } from "./orders.ts"

const commandKey = new TextEncoder().encode("a key of this device")
const NOW = 1_000_000
const sign = (command: CommandInit, number: number, key = commandKey) => {
  const order = encodeOrder({ uid: 7, device: 1, number, expiresAt: NOW, command })
  return decodeCommand(encodeCommand({ ...command, order, mac: hmac(sha256, key, order).subarray(0, MAC_BYTES) }))
}

function start(commandNumber?: number) {
  const account: Account = {
    uid: 7,
    device: 1,
    name: "ada",
    ticket: commandKey,
    expiresAt: 0,
    commandKey,
    ...(commandNumber === undefined ? {} : { commandNumber }),
  }
  const told: object[] = []
  const kept: number[] = []
  const orders = new Orders({
    now: () => NOW,
    account: () => account,
    keep: async (number) => void kept.push(number),
    tell: (what) => told.push(what),
    trouble: () => undefined,
  })
  return { orders, told, kept }
}

it("a command is obeyed once, kept by its number, and told of by its kinds", () => {
  const { orders, told, kept } = start()
  expect(orders.take(sign({ offlineSec: 60, heartbeatSec: 30 }, 5))).toMatchObject({ offlineSec: 60 })
  expect(orders.take(sign({ offlineSec: 60 }, 5))).toBe(null)
  expect(kept).toEqual([5])
  expect(told).toEqual([
    { number: 5, kinds: ["offline", "heartbeat"], refused: "" },
    { number: 5, kinds: [], refused: "replayed" },
  ])
  expect(orders.counts).toEqual({ obeyed: 1, refused: { replayed: 1 } })
})

it("what was obeyed before a restart is not obeyed again", () => {
  const { orders } = start(9)
  expect(orders.take(sign({ offlineSec: 60 }, 9))).toBe(null)
  expect(orders.take(sign({ offlineSec: 60 }, 10))).not.toBe(null)
})

it("forged commands are refused and counted, and change nothing", () => {
  const { orders, kept } = start()
  expect(orders.take({ ...createCommand(), offlineSec: 86_400 })).toBe(null)
  expect(orders.take(sign({ offlineSec: 86_400 }, 5, new TextEncoder().encode("the key of somebody else")))).toBe(null)
  expect(orders.counts).toEqual({ obeyed: 0, refused: { unsigned: 1, forged: 1 } })
  expect(kept).toEqual([])
})
