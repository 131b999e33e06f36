import { access } from "./service.ts"

await access.run()
