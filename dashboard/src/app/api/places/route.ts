import { guarded } from "../../../door/guard.ts"
import { readPlaces } from "../../../upstream/catalog.ts"
import { collector } from "../../../upstream/places.ts"

export const GET = guarded("viewer", async () => readPlaces(collector()))
