import { expect, test } from "vitest"
import { ConfigError, parseConfig } from "./config.ts"

const FINE = {
  OSSAGENT_READ_TOKEN: "read-token-read-token",
  OSSAGENT_ALERTING_TOKEN: "alerting-token-alerting",
  OSSAGENT_POSTGRES_URL: "postgres://me:secret@localhost/x",
  OSSAGENT_AUTH_SECRET: "0123456789012345678901234567890123",
}

test("defaults, and addresses without a slash at their end", () => {
  const config = parseConfig({ ...FINE, OSSAGENT_DASHBOARD_URL: "https://oss.example.com/", OSSAGENT_HOST: "" })
  expect(config).toMatchObject({ port: 7070, host: "127.0.0.1", url: "https://oss.example.com", trustProxy: false })
})

test("all faults are told at once, and no secret", () => {
  const parse = () => parseConfig({ ...FINE, OSSAGENT_AUTH_SECRET: "short-secret", OSSAGENT_DASHBOARD_PORT: "99999" })
  expect(parse).toThrow(ConfigError)
  try {
    parse()
  } catch (error) {
    const text = String(error)
    expect(text).toContain("OSSAGENT_AUTH_SECRET")
    expect(text).toContain("OSSAGENT_DASHBOARD_PORT")
    expect(text).not.toContain("short-secret")
  }
})
