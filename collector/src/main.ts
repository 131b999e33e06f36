import { collector } from "./app.ts"

await collector.run()
