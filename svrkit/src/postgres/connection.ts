import pg from "pg"

/**
 * A constructor of connections that always have somebody listening for faults. One that is checked out and between two statements when
 * the server ends it would otherwise end this process: the pool listens to idle ones only.
 */
export function toGuardedClient(onFault: (error: Error) => void): typeof pg.Client {
  function GuardedClient(config: pg.ClientConfig): pg.Client {
    return new pg.Client(config).on("error", onFault)
  }
  return GuardedClient as unknown as typeof pg.Client // pg-pool calls it with `new`, which gives what it returns
}

const CONNECTION_CODES = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND"])

/** Whether the fault is the server's absence (restart, network), so that the same work may be tried again later. */
export function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  if (code !== undefined && (CONNECTION_CODES.has(code) || code.startsWith("57P") || code.startsWith("08"))) return true
  return /connection terminated|timeout exceeded when trying to connect|query read timeout|not queryable/i.test(
    message ?? "",
  )
}
