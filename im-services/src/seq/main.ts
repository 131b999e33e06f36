import { seq } from "./seq.ts"

await seq.run()
