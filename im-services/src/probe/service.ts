/**
 * probe: users of our own who write to each other all the time, through every door that people use, and tell how long that takes. Marked by
 * their names (`probe-…`) and by their client version (`probe`).
 */
import { randomBytes } from "node:crypto"
import { defineService, type ServiceContext } from "@ossagent/svrkit"
import { startEvery } from "../loop/every.ts"
import { createMailboxRoute } from "../mailbox/route.ts"
import { PROBE_SETTINGS } from "./config.ts"
import { PROBE_NAME } from "./mark.ts"
import { Pair } from "./pair.ts"
import { createPoints } from "./points.ts"

/** Messages, and other changes, that stay in a probe user's mailbox. */
const KEPT_NUMBERS = 1_000
const TRIM_MS = 600_000
const SILENT_TURNS = 3

type Context = ServiceContext<typeof PROBE_SETTINGS>

export const probe = defineService({
  name: "probe",
  partOf: "im",
  config: PROBE_SETTINGS,
  door: (config) => ({ port: config.httpPort, credentials: [] }),
  start: async (context: Context) => {
    const { config, log, onStop, agent, ready } = context
    if (config.everySec === 0) {
      log.info("PROBE_EVERY_SEC is 0: there are no probe users")
      return
    }
    if (config.key === "") throw new Error("PROBE_KEY is unset, and the probe users' passwords are made with it")
    const pairs = await openPairs(context)
    const users = pairs.flatMap(({ members }) => members)
    const online = () => users.filter((user) => user.online).length
    agent.gauge("im.probe.users", () => users.length, { unit: "{user}" })
    agent.gauge("im.probe.online", online, { unit: "{user}" })
    let offSince = performance.now()
    ready("probe users", () => {
      if (online() === users.length) offSince = performance.now()
      const silent = performance.now() - offSince >= SILENT_TURNS * config.everySec * 1_000
      return silent ? `${users.length - online()} of ${users.length} are not on line` : null
    })
    const writes = pairs.map((pair) => writing(pair, context))
    for (const write of writes) write.wake()
    const loops = [...writes, relogging(pairs, context), trimming(pairs, context)]
    onStop(async () => {
      for (const loop of loops) await loop.stop()
      await Promise.all(pairs.map((pair) => pair.stop()))
    })
  },
})

function openPairs({ config, agent }: Context): Promise<Pair[]> {
  const { dispatch, appKey, key, name } = config
  const points = createPoints(agent)
  const run = randomBytes(4).toString("hex")
  const numbers = Array.from({ length: config.pairs }, (_, i) => i + 1)
  return Promise.all(
    numbers.map((n) => Pair.open({ dispatch, appKey, key, run, points, name: `${PROBE_NAME}${name}-${n}` })),
  )
}

const writing = (pair: Pair, { config, log }: Context) =>
  startEvery({ name: "probe", everyMs: config.everySec * 1_000, log }, () => pair.turn())

function relogging(pairs: readonly Pair[], { config, log }: Context) {
  let next = 0
  return startEvery({ name: "log-in", everyMs: config.loginEverySec * 1_000, log }, async () => {
    await pairs[next++ % pairs.length]?.relogin()
  })
}

/** What probe users have written long ago does not pile up. */
function trimming(pairs: readonly Pair[], { rpc, config, log }: Context) {
  const mailboxes = createMailboxRoute(rpc, config.mailboxes)
  return startEvery({ name: "trim", everyMs: TRIM_MS, log }, async () => {
    for (const { uid, newest } of pairs.flatMap(({ members }) => members)) {
      if (uid === 0 || newest <= KEPT_NUMBERS) continue
      await mailboxes.clientOf(uid).trim({ uid, upTo: newest - KEPT_NUMBERS })
    }
  })
}
