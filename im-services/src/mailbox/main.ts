import { mailbox } from "./service.ts"

await mailbox.run()
