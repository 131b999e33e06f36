import pg from "pg"
import { expect, test } from "vitest"
import { startTestPostgres } from "./testing.ts"

test("a throw-away server answers on its URL and refuses a wrong password", async () => {
  const server = await startTestPostgres()
  try {
    const client = new pg.Client(server.url)
    await client.connect()
    const { rows } = await client.query("SELECT current_user AS me, current_database() AS db, 'é' < 'z' AS sorted")
    expect(rows).toEqual([{ me: "ossagent", db: "ossagent", sorted: false }])
    await client.end()
    const stranger = new pg.Client(server.url.replace(/:[^:@]+@/, ":wrong@"))
    await expect(stranger.connect()).rejects.toMatchObject({ code: "28P01" })
  } finally {
    await server.stop()
  }
})
