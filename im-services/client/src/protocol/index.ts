/** What goes over the wire between clients and access. */
export * from "./frame.ts"
export * from "./generated/chat.codec.ts"
export * from "./generated/chat.table.ts"
export * from "./kinds.ts"
export * from "./ops.ts"
export * from "./sync-key.ts"
