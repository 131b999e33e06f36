export {
  ConfigError,
  type ConfigOf,
  type Environment,
  parseConfig,
  port,
  type Setting,
  type Settings,
  setting,
  whole,
} from "./config.ts"
export type { Credential, DoorOptions } from "./door.ts"
export { type ErrorTable, ServiceError } from "./errors.ts"
export { runMixed, startMixed } from "./mixed.ts"
export { onParentGone } from "./parent.ts"
export { parse } from "./parse.ts"
export type { RpcDoor, RpcDoorOptions } from "./rpc-door.ts"
export { defineRpcService, type RpcServiceDefinition, targets } from "./rpc-service.ts"
export { defineService, type RunningService, type Service, type ServiceContext } from "./service.ts"
