/**
 * Calls `gone` when the process that forked this one, with a channel to it, has ended: at once where that was before this call. A process
 * that nobody forked has no parent to wait for.
 */
export function onParentGone(gone: () => void): void {
  if (process.connected === false) gone()
  else if (process.connected) process.once("disconnect", gone)
}
