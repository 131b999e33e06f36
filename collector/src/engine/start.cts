/*
 * Starts the embedded ClickHouse: node dist/engine/start.cjs. A CommonJS file, because loading an ES module already
 * starts libuv's thread pool, whose size is read once, at its start.
 */
// biome-ignore lint/style/noProcessEnv: libuv reads its setting there
const env = process.env
const SPARE_THREADS = 4 // for files, compression and cancelling while all query slots are taken
const maxQueries = Number(env.OSSAGENT_CLICKHOUSE_MAX_QUERIES) || 12
env.UV_THREADPOOL_SIZE ??= String(maxQueries + SPARE_THREADS)
void import("./main.ts")
