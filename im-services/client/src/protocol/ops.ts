/** Ops of frames that are no requests; requests have their method's number, 1 to 63. */
export const REPLY = 64
/** Body: Failure. */
export const REFUSED = 65
/** Pushed: something is new. Body: one byte, 1. */
export const NOTIFY = 70
/** Pushed. Body: Command. */
export const COMMAND = 71

/** Groups have numbers from here on, users below. */
export const FIRST_GROUP = 2 ** 40
export const isGroup = (chat: number): boolean => chat >= FIRST_GROUP

/** Members up to which a message is written to each one's mailbox. */
export const LARGE_GROUP = 500

/** Bytes of a frame from a client, before and after it said who it is. */
export const MOST_BYTES_UNKNOWN = 1_024
export const MOST_BYTES_KNOWN = 64 * 1_024
export const MOST_TEXT_BYTES = 16_384
export const RECALL_MS = 120_000
/** Of a command's signature. */
export const MAC_BYTES = 16
/** Mars (Tencent), stn anti_avalanche: the same request more than so often an hour is blocked, in the client and by the service. */
export const MOST_REPEATS = 105
