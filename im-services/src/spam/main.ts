import { spam } from "./service.ts"

await spam.run()
