/** A client's connection, TCP or WebSocket, as its session sees it. */
export interface Wire {
  readonly transport: "tcp" | "ws"
  /** Frames carry their length in front. */
  readonly withLength: boolean
  /** Of the client; IPv6 by its network of 64 bits. */
  readonly address: string
  /** Bytes given to it that the network has not taken. */
  readonly unwritten: number
  /** Of one frame. */
  mostBytes: number
  write(frames: readonly Uint8Array[]): void
  /** Reads nothing more, until `resume`. */
  pause(): void
  resume(): void
  /** Ends when what was written has gone out. */
  end(): void
  destroy(): void
}

/** What happens on a wire. */
export interface WireEvents {
  /** False: no further frame until `resume`. */
  take(bytes: { op: number; id: number; body: Uint8Array }): boolean
  heard(sizeBytes: number): void
  /** Bytes that are no frame, or too many. */
  bad(why: string, code: "bad_request" | "too_large"): void
  drained(): void
  closed(): void
}
