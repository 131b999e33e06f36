/** A service of its own process, for tests that kill and stop it: answers with its name, tells its port, lives until it is told or killed. */
import { startEcho } from "./test-kit.ts"

const { server, port } = await startEcho(process.argv[2] ?? "a")
process.send?.({ port })
const stop = (): void => void server.stop(1_000).then(() => process.exit(0))
process.on("SIGTERM", stop)
process.on("disconnect", () => process.exit(0))
