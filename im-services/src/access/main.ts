import { access } from "./app.ts"

await access.run()
