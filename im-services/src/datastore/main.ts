import { datastore } from "./datastore.ts"

await datastore.run()
