import { deadman } from "./app.ts"

await deadman.run()
