import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Agent, type AgentOptions, createAgent } from "@ossagent/agent"
import type { ErrorAnswer, Reports } from "@ossagent/wire"
import { pino } from "pino"
import { collector } from "./app.ts"
import type { TestEngine } from "./engine/testing.ts"

export const INGEST_KEY = "test-ingest-key-0123"
export const READ_TOKEN = "test-read-token-0123"
export const REMOVE_TOKEN = "test-remove-token-0123"

/** A collector in this process on a free port, over a test engine. */
export async function startTestCollector(engine: TestEngine, env: Record<string, string> = {}) {
  const dataDir = env.OSSAGENT_COLLECTOR_DATA ?? (await mkdtemp(join(tmpdir(), "ossagent-collector-")))
  const running = await collector.start(
    {
      OSSAGENT_COLLECTOR_PORT: "0",
      OSSAGENT_INGEST_KEYS: `test:${INGEST_KEY}`,
      OSSAGENT_READ_TOKENS: `test:${READ_TOKEN}`,
      OSSAGENT_REMOVE_TOKENS: `test:${REMOVE_TOKEN}`,
      OSSAGENT_CLICKHOUSE_URL: engine.url,
      OSSAGENT_CLICKHOUSE_USER: engine.user,
      OSSAGENT_CLICKHOUSE_PASSWORD: engine.password,
      OSSAGENT_CLICKHOUSE_DATABASE: engine.database,
      OSSAGENT_COLLECTOR_DATA: dataDir,
      ...env,
    },
    pino({ level: "silent" }),
  )
  return { ...running, dataDir }
}

/** An agent without built-in points and spool, whose flushes are the test's. */
export const testAgent = (url: string, more: Partial<AgentOptions> = {}): Agent =>
  createAgent({
    service: "shop",
    host: "h1",
    version: "1.0",
    collector: url,
    key: INGEST_KEY,
    spool: false,
    builtIn: false,
    flushMs: 60_000,
    onTrouble: () => undefined,
    ...more,
  })

/** Asks a report; an error answer is thrown as its body. */
export async function ask<N extends keyof Reports>(
  url: string,
  name: N,
  question: Reports[N]["question"],
): Promise<Reports[N]["answer"]> {
  const response = await fetch(`${url}/v1/report/${name}`, {
    method: "POST",
    headers: { authorization: `Bearer ${READ_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(question),
  })
  const answer = (await response.json()) as Reports[N]["answer"] | ErrorAnswer
  if ("error" in answer)
    throw Object.assign(new Error(answer.error.message), { code: answer.error.code, status: response.status })
  return answer
}
