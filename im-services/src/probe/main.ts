import { probe } from "./service.ts"

await probe.run()
