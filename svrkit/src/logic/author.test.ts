import { expectTypeOf, test } from "vitest"
import type { ServerCall } from "../rpc/server-call.ts"
import type { Granted, LogicCall, LogicHandlers } from "./author.ts"

interface PlayHandlers {
  nearby(request: { uid: number }, call: ServerCall): { people: number[] } | Promise<{ people: number[] }>
  health(request: object, call: ServerCall): object
}
type PlayGrants = { places: { near: (uid: number, call: ServerCall | null) => Promise<number[]>; count: () => number } }

test("logic states what a grant asks for, without the call that the service is given", () => {
  type Places = Granted<PlayGrants>["places"]
  expectTypeOf<Places["near"]>().toEqualTypeOf<(uid: number) => Promise<number[]>>()
  expectTypeOf<Places["count"]>().toEqualTypeOf<() => Promise<number>>()
})

test("a version has the handlers that are loadable, with its own form of a call", () => {
  type Loadable = LogicHandlers<PlayHandlers, PlayGrants, "nearby">
  expectTypeOf<keyof Loadable>().toEqualTypeOf<"nearby">()
  expectTypeOf<Parameters<Loadable["nearby"]>>().toEqualTypeOf<
    [request: { uid: number }, call: LogicCall<PlayGrants>]
  >()
})
