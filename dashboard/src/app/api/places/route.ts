import { guarded } from "../../../door/guard.ts"
import { readPlaces } from "../../../upstream/catalog.ts"
import { collector } from "../../../upstream/places.ts"

export const GET = guarded("viewer", async ({ request }) =>
  readPlaces(collector(), new URL(request.url).searchParams.get("version")?.slice(0, 16) ?? ""),
)
