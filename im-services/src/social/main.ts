import { social } from "./service.ts"

await social.run()
