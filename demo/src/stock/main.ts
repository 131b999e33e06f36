import { stock } from "./service.ts"

await stock.run()
