import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { type ChdbQueryStream, type ChdbResult, Session } from "chdb"

/** A connection to the one engine of this process, for one request; not shared, not reused. */
export type EngineSession = {
  query: (sql: string, format?: string) => Promise<ChdbResult>
  /** Blocks as they come. Only for formats whose blocks may simply be joined. */
  stream: (sql: string, format: string) => ChdbQueryStream
  /** Must come after every query and stream of this session has settled. */
  close: () => void
}

export type OpenSession = () => EngineSession

/**
 * Returns the opener of sessions on the engine at `path`. The first session starts the engine, and fails when another
 * process has it; as long as one session is open the engine stays.
 */
export function createSessions(path: string, engineArgs: readonly string[]): OpenSession {
  const closeConnection = readCloseConnection()
  return () => {
    const session = new Session(path, { connectionArgs: engineArgs })
    return {
      query: (sql, format = "TabSeparated") => session.queryAsync(sql, { format }),
      stream: (sql, format) => session.queryStream(sql, { format }),
      close: () => {
        const connection = session.connection
        session.connection = null
        if (connection) closeConnection(connection)
        session.close()
      },
    }
  }
}

/**
 * The addon's own close. Session.close() waits until no query of the whole process runs: under load that never comes,
 * and 4,000 requests beside one slow query kept 2 GB of closed sessions.
 */
function readCloseConnection(): (connection: unknown) => void {
  const require = createRequire(import.meta.url)
  const { loadNative } = require(join(dirname(require.resolve("chdb")), "dist", "loader.js"))
  const native: { CloseConnection: (connection: unknown) => void } = loadNative()
  return native.CloseConnection
}
