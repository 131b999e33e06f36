import { readFileSync } from "node:fs"
import { join } from "node:path"

/** Something that the user can put right. */
export class UsageError extends Error {
  override readonly name = "UsageError"
}

export interface DoorOptions {
  url: string
  /** Folder of an installation on this machine: its secrets have the token. */
  data?: string | undefined
  token?: string | undefined
}

export interface AlertingDoor {
  call: <T>(method: string, path: string, body?: unknown) => Promise<T>
}

const TIMEOUT_MS = 120_000

/** Calls the alerting service as `actor`. Throws UsageError for what it refuses. */
export function openDoor({ url, data, token: given }: DoorOptions, actor: string): AlertingDoor {
  const token = given ?? readToken(data)
  return {
    call: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const response = await tryFetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          "x-ossagent-actor": actor,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const answer = (await response.json().catch(() => null)) as { error?: { code: string; message: string } } | null
      if (response.ok) return answer as T
      throw new UsageError(
        `cannot ${method} ${path}: ${response.status} ${answer?.error?.message ?? response.statusText}`,
      )
    },
  }
}

async function tryFetch(address: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, request)
  } catch (error) {
    const why = ((error as Error).cause ?? error) as Error
    throw new UsageError(`cannot reach the alerting service at ${address.origin}: ${why.message}`)
  }
}

function readToken(data: string | undefined): string {
  if (data === undefined)
    throw new UsageError("cannot log in: set OSSAGENT_ALERTING_TOKEN, or name the data folder with --data")
  const path = join(data, "secrets.json")
  try {
    const { alertingToken } = JSON.parse(readFileSync(path, "utf8")) as { alertingToken?: string }
    if (alertingToken) return alertingToken
  } catch (error) {
    throw new UsageError(`cannot read the token from ${path}: ${(error as Error).message}`)
  }
  throw new UsageError(`cannot read the token from ${path}: it has no alertingToken`)
}
