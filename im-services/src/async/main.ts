import { async } from "./service.ts"

await async.run()
