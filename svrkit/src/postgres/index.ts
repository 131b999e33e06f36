export { isAway, toGuardedClient } from "./connection.ts"
export { type PostgresOptions, type RunningPostgres, startPostgres } from "./start.ts"
export { startTestPostgres } from "./testing.ts"
