/** What the client has in Node besides. */
export * from "./index.ts"
export { FileStore } from "./store/file.ts"
export { tcpTransport } from "./transport/tcp.ts"
