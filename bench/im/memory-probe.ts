/** Loaded before a service: answers its parent's `{ memory }` with what the process uses after a collection. */
process.on("message", (message: { memory?: true }) => {
  if (message.memory !== true) return
  for (let i = 0; i < 4; i++) (globalThis as { gc?: () => void }).gc?.()
  process.send?.({ memory: process.memoryUsage() })
})
