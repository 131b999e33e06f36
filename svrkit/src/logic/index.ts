/** Logic that is loaded into a running service: `openLogic` for the service, `CreateLogic` for the author of a version. */
export type {
  CreateLogic,
  Granted,
  GrantFunction,
  Grants,
  Logic,
  LogicCall,
  LogicContext,
  LogicHandlers,
} from "./author.ts"
export { LOGIC_LIMITS, type LogicLimits } from "./limits.ts"
export { LOGIC_SETTINGS, type LogicOptions, openLogic } from "./logic.ts"
