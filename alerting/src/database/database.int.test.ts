import { isAway, type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import { until } from "../testing.ts"
import { openDatabase } from "./open.ts"

let postgres: RunningPostgres
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres.stop())

test("a connection that is cut between two statements is a fault that is told, not the end of the process", async () => {
  const faults: Error[] = []
  const { pool, close } = openDatabase({ url: postgres.url, onFault: (error) => faults.push(error) })
  const client = await pool.connect()
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")
  await pool.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid])
  await until("fault", () => faults.length > 0)
  const error = await client.query("SELECT 1").catch((thrown: unknown) => thrown)
  expect([faults[0], error].some(isAway)).toBe(true)
  client.release(true)
  await close()
})
