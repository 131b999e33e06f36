import type { Frame } from "../protocol/index.ts"

export interface LinkEvents {
  /** `sizeBytes`: of the frame on the wire, without what the transport adds. */
  frame(frame: Frame, sizeBytes: number): void
  /** Once. */
  closed(why: string): void
}

/** One open connection. */
export interface Link {
  send(bytes: Uint8Array): void
  close(): void
}

/** How connections are made. */
export interface Transport {
  /** Which of an access's addresses it takes. */
  readonly kind: "tcp" | "ws"
  /** Frames carry their length in front. */
  readonly withLength: boolean
  /** Rejects when there is no connection; `signal` gives up on it. */
  connect(address: string, events: LinkEvents, signal: AbortSignal): Promise<Link>
}
