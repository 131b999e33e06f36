import { port, setting, whole } from "@ossagent/svrkit"
import { z } from "zod"

const MIB = 1024 * 1024

/** `name:token,name:token`, tokens of at least 16 characters. */
const keys = z
  .string()
  .default("")
  .transform((text, context) =>
    text
      .split(",")
      .filter(Boolean)
      .map((pair) => {
        const [name = "", token = ""] = pair.split(":", 2)
        if (name === "" || token.length < 16)
          context.addIssue("must be name:token,name:token with tokens of at least 16 characters")
        return { name, token }
      }),
  )

export const CONFIG = {
  port: setting("OSSAGENT_COLLECTOR_PORT", port(7071), "port of the HTTP door; default 7071"),
  ingestKeys: setting("OSSAGENT_INGEST_KEYS", keys, "keys that may send metrics, as name:key,name:key", {
    secret: true,
  }),
  readTokens: setting("OSSAGENT_READ_TOKENS", keys, "tokens that may ask reports, as name:token,name:token", {
    secret: true,
  }),
  removeTokens: setting(
    "OSSAGENT_REMOVE_TOKENS",
    keys,
    "tokens that may remove what simulated services sent, as name:token,name:token; none: nobody may",
    { secret: true },
  ),
  clickhouseUrl: setting(
    "OSSAGENT_CLICKHOUSE_URL",
    z.url().default("http://127.0.0.1:7073"),
    "ClickHouse's HTTP interface, embedded or a cluster's",
  ),
  clickhouseUser: setting("OSSAGENT_CLICKHOUSE_USER", z.string().default("ossagent"), "user there"),
  clickhousePassword: setting("OSSAGENT_CLICKHOUSE_PASSWORD", z.string(), "password there", { secret: true }),
  clickhouseDatabase: setting(
    "OSSAGENT_CLICKHOUSE_DATABASE",
    z.string().regex(/^\w+$/).default("ossagent"),
    "database there",
  ),
  dataDir: setting("OSSAGENT_COLLECTOR_DATA", z.string().default("data/collector"), "directory of the write-ahead log"),
  batchMs: setting(
    "OSSAGENT_BATCH_MS",
    whole(10_000, 200, 60_000),
    "how often newest points go to ClickHouse, ms; default 10000",
  ),
  frameBytes: setting(
    "OSSAGENT_FRAME_BYTES",
    whole(8 * MIB, 1_024, 64 * MIB),
    "largest frame taken, bytes; default 8 MiB",
  ),
  logBytes: setting(
    "OSSAGENT_LOG_BYTES",
    whole(4_096 * MIB, MIB, 2 ** 42),
    "size of the log at which frames are refused until the store keeps up; default 4 GiB",
  ),
  headBytes: setting(
    "OSSAGENT_HEAD_BYTES",
    whole(2_048 * MIB, MIB, 2 ** 42),
    "memory of points not yet stored at which frames are refused; default 2 GiB",
  ),
  mostSeries: setting(
    "OSSAGENT_MOST_SERIES",
    whole(2_000_000, 1_000, 50_000_000),
    "series known at once; default 2,000,000",
  ),
  mostStreams: setting("OSSAGENT_MOST_STREAMS", whole(200, 1, 10_000), "live streams open at once; default 200"),
  exceptionBaselineSec: setting(
    "OSSAGENT_EXCEPTION_BASELINE_SEC",
    whole(600, 0, 86_400),
    "errors that a service throws in the first so many seconds in which it is known count as known, s; default 600",
  ),
  queryMemory: setting(
    "OSSAGENT_QUERY_MEMORY",
    whole(1_024 * MIB, 64 * MIB, 2 ** 42),
    "memory of one report in ClickHouse; default 1 GiB",
  ),
  queryRows: setting(
    "OSSAGENT_QUERY_ROWS",
    whole(500_000_000, 1_000, 1e12),
    "rows that one report may read; default 500 million",
  ),
  querySec: setting("OSSAGENT_QUERY_SEC", whole(20, 1, 600), "longest run of one report, s; default 20"),
}
