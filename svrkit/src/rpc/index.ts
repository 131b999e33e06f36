/** The transport: `RpcServer` answers calls, a `Channel` makes them. Generated clients and servers stand on both. */
export { type Admission, ALL, toKey, USERS, type Waiting } from "../admit/admission.ts"
export { DAGOR_SETTINGS, Dagor, type DagorSettings } from "../admit/dagor.ts"
export { toUserPriority } from "../admit/user-priority.ts"
export { type CallOptions, Channel, type ChannelOptions, type ChannelSettings } from "./channel.ts"
export { type Outcome, RPC_ERRORS, RpcError } from "./errors.ts"
export { type RpcCredential, RpcServer, type RpcServerLimits, type RpcServerOptions } from "./server.ts"
export type { ServerCall } from "./server-call.ts"
