/** What the author of a logic module sees: `OSSAGENT_LOGIC_DIR/<module>/<version>/index.js` exports one {@link CreateLogic} as its default. */
import type { ServerCall } from "../rpc/server-call.ts"

/**
 * Functions of the service that logic may call, by group: stores, clients of other services. Each is given the logic's arguments and,
 * last, the `ServerCall` on whose behalf it is (null: none); a call goes to the main thread and back.
 * No argument is optional: the call would take its place.
 */
export type Grants = Readonly<Record<string, Readonly<Record<string, GrantFunction>>>>
// biome-ignore lint/suspicious/noExplicitAny: each grant states its own arguments
export type GrantFunction = (...args: any[]) => unknown

/** Without the call that the service is given last. */
type OwnArguments<P extends unknown[]> = P extends [...infer A, ServerCall | null] ? A : P

/** Grants as logic sees them: every answer is awaited. Arguments and answers are plain data, as `structuredClone` takes it. */
export type Granted<G> = {
  readonly [N in keyof G]: {
    readonly [F in keyof G[N]]: G[N][F] extends (...args: infer P) => infer R
      ? (...args: OwnArguments<P>) => Promise<Awaited<R>>
      : never
  }
}

/** A call as logic sees it. */
export interface LogicCall<G> {
  /** As the route saw it; empty where it is not said. */
  readonly user: string
  /** Of the client; empty where it is not said. */
  readonly version: string
  readonly region: string
  /** Business priority, 0 the most important. */
  readonly priority: number
  /** Until the deadline; negative when it has passed. */
  readonly remainingMs: number
  /** Grants on behalf of this call: deadline, priority and client version go with them. */
  readonly use: Granted<G>
}

/** Given once, when a version is loaded. */
export interface LogicContext<G> {
  readonly module: string
  /** Of the logic. */
  readonly version: string
  /** Grants on nobody's behalf. */
  readonly use: Granted<G>
  /** Figures of the service, labelled with module and logic version. They reach the agent once a second. */
  readonly count: (metric: string, by?: number, labels?: Readonly<Record<string, string>>) => void
  /** Durations, ms. */
  readonly record: (metric: string, ms: number, labels?: Readonly<Record<string, string>>) => void
  readonly event: (name: string, user: string, props?: Readonly<Record<string, string | number | boolean>>) => void
  /** An error of the service's own table, to be thrown by a handler. Anything else that is thrown is a fault of this version. */
  readonly error: (code: string, message: string, more?: { retryAfterMs?: number }) => Error
}

/** Handlers of a generated server (`PlayHandlers`), as logic implements them. `M`: those that are loadable. */
export type LogicHandlers<H, G, M extends keyof H = keyof H> = {
  [K in M]: H[K] extends (request: infer Q, call: never) => infer R ? (request: Q, call: LogicCall<G>) => R : never
}

export interface Logic<T> {
  handlers: T
  /** Called when the version is drained and about to be unloaded. */
  stop?: () => void | Promise<void>
}

/** `export default ((context) => ({ handlers: { … } })) satisfies CreateLogic<LogicHandlers<PlayHandlers, PlayGrants>, PlayGrants>` */
export type CreateLogic<T, G = Grants> = (context: LogicContext<G>) => Logic<T> | Promise<Logic<T>>
