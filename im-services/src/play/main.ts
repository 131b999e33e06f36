import { play } from "./service.ts"

await play.run()
