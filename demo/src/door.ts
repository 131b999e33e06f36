import { ACTOR } from "./names.ts"

/** A service's answer that was none of success. */
export class DoorError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** One service's HTTP door. */
export type Ask = <T>(method: "GET" | "POST" | "DELETE", path: string, body?: unknown) => Promise<T>

/** Rejects with DoorError, with what the service says; with fetch's error where nobody answers. */
export function openDoor(url: string, token: string): Ask {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...{ authorization: `Bearer ${token}`, "x-ossagent-actor": ACTOR },
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (answer.ok) return (text === "" ? null : JSON.parse(text)) as T
    const said = text.startsWith("{") ? (JSON.parse(text) as { error?: { message?: string } }).error?.message : text
    throw new DoorError(answer.status, `cannot ${method} ${path}: ${said ?? answer.status}`)
  }
}
