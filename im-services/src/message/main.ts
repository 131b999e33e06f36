import { message } from "./service.ts"

await message.run()
