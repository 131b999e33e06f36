import type { CommandInit } from "./generated/chat.codec.ts"

export const COMMAND_KINDS = ["offline", "reconnect", "addresses", "heartbeat", "features"] as const
export type CommandKind = (typeof COMMAND_KINDS)[number]

/** What a command asks for. */
export function toKinds(command: CommandInit): CommandKind[] {
  const is: Record<CommandKind, boolean> = {
    offline: (command.offlineSec ?? 0) > 0,
    reconnect: command.reconnect ?? false,
    addresses: (command.addresses?.length ?? 0) > 0,
    heartbeat: (command.heartbeatSec ?? 0) > 0,
    features: (command.features ?? false) || (command.featureOff?.length ?? 0) > 0,
  }
  return COMMAND_KINDS.filter((kind) => is[kind])
}
