import type { RpcDoor } from "@ossagent/svrkit"
import type { FastifyRequest } from "fastify"
import type { Book } from "../book.ts"
import type { GuardStores } from "../generated/guard.stores.ts"
import type { Versions } from "../versions.ts"
import type { Entries } from "./entries.ts"

export interface RouteParts {
  book: Book
  versions: Versions
  stores: GuardStores
  isLoaded: () => boolean
  context: { rpc: RpcDoor; config: { dispatch: readonly string[] } }
  now: () => number
}

export interface DoorParts extends RouteParts {
  entries: Entries
  /** A handler that answers when what was decided before is read; the store's faults are told as such. */
  handle: <T>(run: (request: FastifyRequest) => Promise<T> | T) => (request: FastifyRequest) => Promise<T>
}

export const READ = { config: { scope: "guard:read" } }
export const WRITE = { config: { scope: "guard:write" } }

/** Who asks for a change: the user that the dashboard names, else the credential. */
export function readActor(request: FastifyRequest): string {
  const named = request.headers["x-ossagent-actor"]
  const name = (typeof named === "string" ? named : "")
    .replace(/\p{Cc}/gu, "")
    .trim()
    .slice(0, 200)
  return name || request.credential.name
}
