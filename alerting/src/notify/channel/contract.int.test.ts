import { createHmac } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, test } from "vitest"
import { until } from "../../testing.ts"
import type { SmsReceipt } from "../sms/receipt.ts"
import { holdContract, toOutgoing } from "./contract.ts"
import { createEmail } from "./email.ts"
import { createFeishu } from "./feishu.ts"
import { checkSignature, startHttpPeer, startMailPeer, startSmscPeer } from "./peers.ts"
import { CHANNEL_SCHEMAS, type SmppSettings, type TwilioSettings } from "./schema.ts"
import { createSlack } from "./slack.ts"
import { createHttpSms, isSigned, toHttpReceipt } from "./sms-http.ts"
import { createSmppSms } from "./sms-smpp.ts"
import { createWebhook } from "./webhook.ts"
import { createWecom } from "./wecom.ts"

const http = { allowPrivate: true, now: Date.now }
const keyIn = (body: string): string => /(same|other)/.exec(body)?.[0] ?? ""

holdContract("email", () => startMailPeer((url) => createEmail({ url, local: true })), {
  ...{ to: "ann@example.com", delivered: false, saysWait: false },
  never: /^(?:[^\r\n]+\r\n)*Bcc:/i, // among the headers
})

const secret = "a-webhook-secret-0123"
holdContract(
  "webhook",
  () =>
    startHttpPeer(
      {
        refuse: { status: 410, body: {} },
        throttle: { status: 429, body: {}, headers: { "retry-after": "7" } },
        take: { status: 200, body: {} },
        idOf: (request) => String(request.headers["idempotency-key"]),
        textOf: (body) => JSON.parse(body).text,
        check: (request, body) => checkSignature(secret, String(request.headers["x-ossagent-signature"]), body),
      },
      (url) => createWebhook({ url: `${url}/hook` }, { secret }, http),
      [secret],
    ),
  { to: "", delivered: true, saysWait: true, never: /^$/ },
)

/** These bots know no key: a repeat cannot be told from another message, its text is all there is. */
const bot = { idOf: (_: unknown, body: string) => keyIn(body), textOf: (body: string) => body }

holdContract(
  "slack",
  () =>
    startHttpPeer(
      {
        ...bot,
        refuse: { status: 404, body: "no_service" },
        throttle: { status: 429, body: "", headers: { "retry-after": "3" } },
        take: { status: 200, body: "ok" },
      },
      (url) => createSlack({ url: `${url}/services/T0/B0/slack-secret` }, http),
      ["slack-secret"],
    ),
  { to: "", delivered: false, saysWait: true, never: /<!channel>|<script>/ },
)

holdContract(
  "feishu",
  () =>
    startHttpPeer(
      {
        ...bot,
        refuse: { status: 200, body: { code: 19024, msg: "Key Words Not Found" } },
        throttle: { status: 200, body: { code: 11232, msg: "frequency limited" } },
        take: { status: 200, body: { code: 0, msg: "success" } },
        check: (_, body) => {
          const { timestamp, sign } = JSON.parse(body)
          expect(sign).toBe(createHmac("sha256", `${timestamp}\nfeishu-sign`).digest("base64"))
        },
      },
      (url) => createFeishu({ url: `${url}/open-apis/bot/v2/hook/feishu-secret`, secret: "feishu-sign" }, http),
      ["feishu-secret", "feishu-sign"],
    ),
  { to: "", delivered: false, saysWait: true, never: /lark_md|"tag":"at"/ },
)

holdContract(
  "wecom",
  () =>
    startHttpPeer(
      {
        ...bot,
        refuse: { status: 200, body: { errcode: 93000, errmsg: "invalid webhook url" } },
        throttle: { status: 200, body: { errcode: 45009, errmsg: "api freq out of limit" } },
        take: { status: 200, body: { errcode: 0, errmsg: "ok" } },
      },
      (url) => createWecom({ url: `${url}/cgi-bin/webhook/send?key=wecom-secret` }, http),
      ["wecom-secret"],
    ),
  { to: "", delivered: false, saysWait: true, never: /"msgtype":"markdown"|mentioned_list/ },
)

const twilio = CHANNEL_SCHEMAS.sms.settings.parse({
  way: "http",
  accountSid: "AC123",
  from: "+15550001",
  callbackUrl: "https://oss.example.com",
})
holdContract(
  "sms by HTTP",
  () =>
    startHttpPeer(
      {
        refuse: { status: 400, body: { code: 21211, message: "invalid To" } },
        throttle: { status: 429, body: { code: 20429, message: "Too Many Requests" } },
        take: { status: 201, body: { sid: "SM1", status: "queued" } },
        idOf: (request) => String(request.headers["i-twilio-idempotency-token"]),
        textOf: (body) => new URLSearchParams(body).get("Body") ?? "",
        check: (request, body) => {
          const fields = new URLSearchParams(body)
          expect(request.url).toBe("/2010-04-01/Accounts/AC123/Messages.json")
          expect(request.headers.authorization).toBe(`Basic ${Buffer.from("AC123:twilio-token").toString("base64")}`)
          expect(fields.get("StatusCallback")).toBe("https://oss.example.com/v1/receipts/sms/5")
          expect(fields.get("To")).toBe("+8613800138000")
        },
      },
      (url) => createHttpSms({ ...(twilio as TwilioSettings), url }, { password: "twilio-token" }, http, "5"),
      ["twilio-token"],
    ),
  { to: "+8613800138000", delivered: false, saysWait: true, never: /\n/ },
)

const toSmpp = (port: number, more = {}) =>
  CHANNEL_SCHEMAS.sms.settings.parse({
    way: "smpp",
    host: "127.0.0.1",
    port,
    systemId: "ossagent",
    ...more,
  }) as SmppSettings
const deaf = async () => undefined
const startSmsc = (onReceipt: (receipt: SmsReceipt) => Promise<void> = deaf, more = {}) =>
  startSmscPeer((port) => createSmppSms(toSmpp(port, more), { password: "smscpass" }, { onReceipt, enquireMs: 200 }))

holdContract("sms by SMPP", () => startSmsc(), {
  ...{ to: "+8613800138000", delivered: false, saysWait: true },
  never: /\n/,
})

test("SMPP: a message that needs two parts has headers, goes as UCS-2 in Chinese, and asks for the receipt of the last part", async () => {
  const smsc = await startSmsc()
  const link = `https://ossagent.example.com/${"monitoring/".repeat(3)}incidents/12`
  const message = toOutgoing("zh", "+8613800138000", `${"支付失败率升高。".repeat(24)} ${link}`)
  await smsc.channel.send({ ...message, link }, AbortSignal.timeout(5_000))
  const parts = smsc.submitted
  expect(
    parts.map(({ data_coding, esm_class, registered_delivery }) => [data_coding, esm_class, registered_delivery]),
  ).toEqual([
    [8, 0x40, 0],
    [8, 0x40, 1],
  ])
  const headers = parts.map(({ short_message }) => [...(short_message?.udh?.[0] ?? [])])
  expect(headers.map((header) => header.slice(-2))).toEqual([
    [2, 1],
    [2, 2],
  ])
  const text = parts.map(({ short_message }) => String(short_message?.message)).join("")
  expect(text).toMatch(/^支付失败率升高。.*… https:\/\/\S+\/12$/)
  await smsc.stop()
})

test("SMPP: a receipt is told with every form of its id, and comes again when it could not be recorded", async () => {
  const receipts: SmsReceipt[] = []
  let broken = true
  const smsc = await startSmsc(async (receipt) => {
    if (broken) throw new Error("the database is away")
    receipts.push(receipt)
  })
  const { providerId } = await smsc.channel.send(toOutgoing("one", "+8613800138000"), AbortSignal.timeout(5_000))
  const report = {
    short_message: `id:${Number.parseInt(providerId ?? "", 16)} sub:001 dlvrd:001 stat:DELIVRD err:000 text:x`,
  }
  expect(await smsc.report(report)).toBe(0x64) // ESME_RX_T_APPN
  broken = false
  expect(await smsc.report(report)).toBe(0)
  expect(receipts).toMatchObject([{ delivered: true }])
  expect(receipts[0]?.ids).toContain(providerId)
  await smsc.report({ short_message: "id:7 stat:UNDELIV err:069" })
  expect(receipts[1]).toMatchObject({ delivered: false, why: "it could not be delivered (UNDELIV, error 069)" })
  await smsc.report({ short_message: "id:7 stat:ENROUTE" })
  expect(receipts).toHaveLength(2)
  await smsc.stop()
})

test("SMPP: one connection serves all, one that is cut comes back by itself, and one that does not answer is left", async () => {
  const smsc = await startSmsc()
  const send = (key: string) => smsc.channel.send(toOutgoing(key, "+8613800138000"), AbortSignal.timeout(5_000))
  await Promise.all(["a", "b", "c", "d", "e"].map(send))
  expect(smsc.sessions.size).toBe(1)
  for (const session of smsc.sessions) session.destroy()
  await until("bound again", () => smsc.sessions.size === 1)
  const [first] = smsc.sessions
  smsc.behave("stall")
  await until("left, and tried anew", () => smsc.sessions.size === 1 && ![...smsc.sessions].includes(first as never))
  smsc.behave("take")
  await send("f")
  await smsc.stop()
})

test("SMPP: a wrong password is told, without it", async () => {
  const smsc = await startSmscPeer((port) => createSmppSms(toSmpp(port), { password: "not-it" }, { onReceipt: deaf }))
  const sending = smsc.channel.send(toOutgoing("x", "+8613800138000"), AbortSignal.timeout(5_000))
  await expect(sending).rejects.toThrow(/refuses us: ESME_RINVPASWD/)
  await expect(sending).rejects.not.toThrow(/not-it/)
  expect(smsc.channel.trouble?.()).toContain("ESME_RINVPASWD")
  await smsc.stop()
})

test("webhooks do not go to private addresses, whatever the name is, and follow nothing", async () => {
  const strict = { allowPrivate: false, now: Date.now }
  const send = (url: string) =>
    createWebhook({ url }, { secret }, strict).send(toOutgoing("x", ""), AbortSignal.timeout(5_000))
  const server = createServer((_, response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end())
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const bad = [
    "127.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "169.254.169.254",
    "10.1.2.3",
    "2130706433",
    "0x7f.1",
    "0",
    "localhost",
    "[64:ff9b::7f00:1]",
  ]
  for (const host of bad)
    await expect(send(`http://${host}:${port}/`)).rejects.toMatchObject({
      retry: false,
      message: expect.stringMatching(/private address/),
    })
  const open = createWebhook({ url: `http://127.0.0.1:${port}/` }, { secret }, http)
  await expect(open.send(toOutgoing("x", ""), AbortSignal.timeout(5_000))).rejects.toMatchObject({
    retry: false,
    message: expect.stringContaining("302"),
  })
  server.close()
})

test("what Twilio calls back with counts only with its signature", () => {
  const fields = { MessageSid: "SM1", MessageStatus: "delivered" }
  const url = "https://oss.example.com/v1/receipts/sms/5"
  const signature = createHmac("sha1", "token").update(`${url}MessageSidSM1MessageStatusdelivered`).digest("base64")
  expect(isSigned(url, fields, { signature, token: "token" })).toBe(true)
  expect(isSigned(url, { ...fields, MessageStatus: "failed" }, { signature, token: "token" })).toBe(false)
  expect(isSigned(url, fields, { signature: "", token: "token" })).toBe(false)
  expect(toHttpReceipt(fields)).toMatchObject({ delivered: true })
  expect(toHttpReceipt({ MessageSid: "SM1", MessageStatus: "undelivered", ErrorCode: "30003" })?.why).toContain("30003")
  expect(toHttpReceipt({ MessageSid: "SM1", MessageStatus: "sent" })).toBeNull()
})
