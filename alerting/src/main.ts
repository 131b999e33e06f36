import { alerting } from "./app.ts"

await alerting.run()
