import { ByteWriter } from "@ossagent/wire"

/** Memory kept for the next insert, bytes; what is over it goes. */
const MOST_KEPT = 160 * 1024 * 1024

/**
 * Writers of insert bodies, used again: 100 MB of new buffers in every batch would have the garbage collector walk the whole heap
 * several times. Those taken are under way until {@link release}, which is called when their insert was answered.
 */
export class WriterPool {
  private free: ByteWriter[] = []
  private taken: ByteWriter[] = []

  take(): ByteWriter {
    const writer = this.free.pop() ?? new ByteWriter(64 * 1024)
    this.taken.push(writer)
    return writer
  }

  /** The bytes of all writers taken were sent. */
  release(): void {
    let kept = this.free.reduce((sum, { bytes }) => sum + bytes.length, 0)
    for (const writer of this.taken) {
      kept += writer.bytes.length
      if (kept > MOST_KEPT) break
      writer.clear()
      this.free.push(writer)
    }
    this.taken = []
  }

  /** The insert failed, and parts of it may still be read: the writers taken go. */
  drop(): void {
    this.taken = []
  }
}
