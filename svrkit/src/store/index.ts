export {
  ENGINE_TIMEOUT_MS,
  type Engine,
  type EngineOptions,
  type Row,
  type RowKey,
  type ScannedRow,
  type WriteRow,
  type Written,
} from "./engine.ts"
export { createOpener, type OpenerEngines, type StoreDeclaration, type StoreOpener } from "./open.ts"
export type { ReadOptions, Store, Stored } from "./store.ts"
