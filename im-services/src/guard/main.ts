import { guard } from "./service.ts"

await guard.run()
