/** What an engine is made with; `main.ts` reads it from the environment. */
export interface EngineConfig {
  /** Port on 127.0.0.1; 0 takes a free one. */
  port: number
  /** Of one process at a time; made when it is not there. */
  dataDir: string
  user: string
  password: string
  /** Made when it is not there; used by requests that name none. */
  database: string
  /** What the engine itself may use; about 250 MiB of the process come on top. */
  maxMemoryBytes: number
  markCacheBytes: number
  mergeThreads: number
  /** Statements that run at once: two thirds for queries, one third for inserts and DDL. */
  maxQueries: number
  /** Requests that wait for one to end, and the longest wait. */
  maxQueued: number
  queueMs: number
  /** `max_execution_time` of requests that set none. */
  maxExecutionSec: number
  maxQueryBytes: number
  /** URL and headers together. */
  maxUrlBytes: number
  /** One insert's data, decompressed. */
  maxBodyBytes: number
  /** The data of all inserts under way. */
  maxSpoolBytes: number
  /** Free disk below which inserts are refused. */
  minFreeBytes: number
}
