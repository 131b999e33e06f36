import { defineRpcService, startMixed } from "@ossagent/svrkit"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import { pino } from "pino"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { serveAccess } from "../access/generated/access.server.ts"
import { datastore } from "../datastore/datastore.ts"
import { until } from "../until.ts"
import { type AuthClient, createAuthClient } from "./generated/auth.client.ts"
import { AUTH } from "./generated/auth.table.ts"
import { auth } from "./service.ts"
import { createTicketOffice, TICKET_MS } from "./ticket.ts"

const KEY = "a-key-for-tickets-of-32-characters!"
const PASSWORD = "correct horse"
const silent = pino({ level: "silent" })

let postgres: RunningPostgres
const stops: (() => Promise<void>)[] = []
/** Two processes' worth of auth on the same stores. */
let clients: [AuthClient, AuthClient]
const kicked: string[] = []
let names = 0
const freshName = (): string => `user-${names++}`

/** auth with a datastore beside it, and a door that tells who is kicked. */
async function startOne(): Promise<AuthClient> {
  let client: AuthClient | undefined
  const access = defineRpcService({
    name: "access",
    start: ({ rpc }) => {
      client = createAuthClient(rpc.channel(AUTH, []))
      serveAccess(rpc, {
        kick: ({ uid, device }) => {
          kicked.push(`${uid}/${device}`)
          return { count: 1 }
        },
        notify: () => ({}),
        command: () => ({}),
        count: () => ({}),
      })
    },
  })
  const env = { DATASTORE_ENGINES: `a+b+c=${postgres.url}`, DATASTORE_CONNECTIONS: "4", AUTH_TICKET_KEY: KEY }
  const { stop } = await startMixed([datastore, access, auth], env, silent)
  stops.push(stop)
  return client as AuthClient
}

beforeAll(async () => {
  postgres = await startTestPostgres()
  clients = [await startOne(), await startOne()]
})
afterAll(async () => {
  for (const stop of stops) await stop()
  await postgres?.stop()
})

const codeOf = (reply: Promise<unknown>): Promise<string> =>
  reply.then(
    () => "answered",
    (error: { code?: string }) => error.code ?? String(error),
  )
const login = (client: AuthClient, name: string, more: { password?: string; address?: string } = {}) =>
  client.login({ name, password: PASSWORD, deviceName: "phone", version: "8.0.1", access: "here", ...more })

describe("accounts", () => {
  it("are registered once, whatever the case of the name, by two at once too", async () => {
    const name = freshName()
    const both = await Promise.allSettled(
      [name, name.toUpperCase()].map((one, i) =>
        (clients[i] as AuthClient).register({ name: one, password: `${PASSWORD} ${i}` }),
      ),
    )
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
    expect(await codeOf(clients[0].register({ name: `${name}`, password: "another one" }))).toBe("name_taken")
    const found = await clients[1].findUser({ name: name.toUpperCase() })
    expect(found.uid).toBeGreaterThanOrEqual(100_000_000)
    expect((await clients[0].getUser({ uid: found.uid })).name.toLowerCase()).toBe(name)
  })

  it("asked for again with the same password, for an answer that was lost, are the same ones", async () => {
    const name = freshName()
    const { uid } = await clients[0].register({ name, password: PASSWORD })
    expect((await clients[1].register({ name, password: PASSWORD })).uid).toBe(uid)
  })

  it("of two processes have numbers of their own", async () => {
    const uids = await Promise.all(
      clients.map(async (one) => (await one.register({ name: freshName(), password: PASSWORD })).uid),
    )
    expect(new Set(uids).size).toBe(2)
  })

  it("refuse names and passwords that are none", async () => {
    for (const name of ["a", "x".repeat(33), "a b", "änn"]) {
      expect(await codeOf(clients[0].register({ name, password: PASSWORD }))).toBe("bad_request")
    }
    for (const password of ["short", "x".repeat(129)]) {
      expect(await codeOf(clients[0].register({ name: freshName(), password }))).toBe("bad_request")
    }
    expect(await codeOf(clients[0].getUser({ uid: 1 }))).toBe("no_such_user")
    expect(await codeOf(clients[0].findUser({ name: "nobody" }))).toBe("no_such_user")
  })
})

describe("log-ins", () => {
  it("give each device a number and a ticket that every process takes", async () => {
    const name = freshName()
    const { uid } = await clients[0].register({ name, password: PASSWORD })
    const devices = await Promise.all([login(clients[0], name), login(clients[1], name), login(clients[0], name)])
    expect(devices.map(({ device }) => device).sort()).toEqual([1, 2, 3])
    for (const { ticket, device } of devices) {
      expect(ticket.length).toBeLessThanOrEqual(30)
      expect(await clients[1].check({ ticket, version: "8.0.1" })).toMatchObject({ uid, device })
    }
    const listed = await until("the devices are stored", async () => {
      const { devices: all } = await clients[1].listDevices({ uid })
      return all.length === 3 ? all : null
    })
    for (const one of listed) expect(one).toMatchObject({ name: "phone", version: "8.0.1" })
  })

  it("with a wrong password, or of nobody, are refused alike, and after ten of them for a while", async () => {
    const name = freshName()
    await clients[0].register({ name, password: PASSWORD })
    for (const one of [name, freshName()]) {
      const tries = Array.from({ length: 12 }, () =>
        codeOf(login(clients[0], one, { password: "wrong one", address: "10.0.0.9" })),
      )
      const codes = await Promise.all(tries)
      expect(codes.filter((code) => code === "wrong_password").length).toBe(10)
      expect(codes.filter((code) => code === "slow_down").length).toBe(2)
    }
    expect(await codeOf(login(clients[0], name, { address: "10.0.0.9" }))).toBe("slow_down")
    expect(await codeOf(login(clients[0], name, { address: "10.0.0.10" }))).toBe("answered")
  })
})

describe("tickets", () => {
  it("of a device that was logged out are void in every process within a second, and its connections end", async () => {
    const name = freshName()
    const { uid } = await clients[0].register({ name, password: PASSWORD })
    const [one, two] = [await login(clients[0], name), await login(clients[0], name)]
    await clients[0].revoke({ uid, device: one.device })
    expect(await codeOf(clients[0].check({ ticket: one.ticket }))).toBe("revoked_ticket")
    const from = performance.now()
    await until(
      "the other process knows",
      async () => (await codeOf(clients[1].check({ ticket: one.ticket }))) === "revoked_ticket",
    )
    expect(performance.now() - from).toBeLessThan(2_000)
    await until("its connections end", () => kicked.includes(`${uid}/${one.device}`))
    expect(await codeOf(clients[1].check({ ticket: two.ticket }))).toBe("answered")
    for (const client of clients)
      await expect
        .poll(async () => (await client.listDevices({ uid })).devices.map(({ device }) => device), { timeout: 10_000 })
        .toEqual([two.device])
    await clients[1].revoke({ uid, device: 0 })
    expect(await codeOf(clients[1].check({ ticket: two.ticket }))).toBe("revoked_ticket")
    expect(await codeOf(login(clients[1], name).then(({ ticket }) => clients[1].check({ ticket })))).toBe("answered")
  })

  it("stay void after a restart", async () => {
    const name = freshName()
    const { uid } = await clients[0].register({ name, password: PASSWORD })
    const { ticket, device } = await login(clients[0], name)
    await clients[0].revoke({ uid, device })
    const later = await startOne()
    const code = await until("it has read the revocations", async () => {
      const found = await codeOf(later.check({ ticket }))
      return found !== "unavailable" && found
    })
    expect(code).toBe("revoked_ticket")
  })

  it("are made new in the second half of their life, and refused when they are forged or have ended", async () => {
    const { make } = createTicketOffice([KEY])
    const old = make(100_000_777, 1, Date.now() - TICKET_MS / 2 - 60_000)
    const checked = await clients[0].check({ ticket: old.bytes })
    expect(checked.ticket.length).toBeGreaterThan(0)
    expect(checked.expiresAt - Date.now()).toBeGreaterThan(TICKET_MS - 120_000)
    expect(await codeOf(clients[0].check({ ticket: make(1, 1, Date.now() - TICKET_MS - 60_000).bytes }))).toBe(
      "expired_ticket",
    )
    const forged = createTicketOffice([`${KEY}?`]).make(100_000_777, 1, Date.now()).bytes
    expect(await codeOf(clients[0].check({ ticket: forged }))).toBe("bad_ticket")
  })
})
