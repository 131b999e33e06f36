/**
 * Client of the IM back end, for browsers and Node. `./node` adds what Node alone has: TCP, and a store in a file.
 *
 *     const client = await createClient({ store: new IndexedDbStore("chat"), transport: webSocketTransport(), dispatch, appKey })
 *     await client.login("ada", password)
 *     await client.send(uid, "hello")
 */
export { type ChatClient, type ClientOptions, type ClientState, createClient } from "./client.ts"
export { type Clock, systemClock } from "./clock.ts"
export { ChatError, CLIENT_ERRORS } from "./error.ts"
export { CHAT_ERRORS, ContactState, isGroup, Kind, RECALL_MS } from "./protocol/index.ts"
export { IndexedDbStore } from "./store/indexeddb.ts"
export { MemoryStore } from "./store/memory.ts"
export type {
  Account,
  ChatSummary,
  ContactEntry,
  GroupEntry,
  Message,
  Outgoing,
  Saved,
  Store,
  Update,
} from "./store/store.ts"
export type { Person, PickedBottle, Position } from "./talk/play.ts"
export type { Link, LinkEvents, Transport } from "./transport/transport.ts"
export { webSocketTransport } from "./transport/websocket.ts"
