import { expect, test } from "vitest"
import { toSettings } from "./kinds.ts"

test("settings are sent as the kind and the way know them, what is empty left out", () => {
  const typed = { way: "smpp", host: " smsc.example ", systemId: "oss", url: "https://other.example", to: "" }
  expect(toSettings("sms", typed)).toEqual({
    ...{ way: "smpp", host: "smsc.example", port: 2_775, systemId: "oss", window: 10 },
    ...{ tls: false, receipts: true, maxParts: 2 },
  })
  expect(toSettings("sms", { ...typed, way: "http", accountSid: "AC1", from: "+491", maxParts: "3" })).toEqual({
    ...{ way: "http", url: "https://other.example", accountSid: "AC1", from: "+491", maxParts: 3 },
  })
  expect(toSettings("slack", { url: "x", language: "zh" })).toEqual({ language: "zh" })
})
