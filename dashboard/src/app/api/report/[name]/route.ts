import { DoorError } from "../../../../door/errors.ts"
import { guarded, parseBody } from "../../../../door/guard.ts"
import { QUESTIONS } from "../../../../question/schema.ts"
import { askCatalog } from "../../../../upstream/catalog.ts"
import { callUpstream, toAnswer } from "../../../../upstream/forward.ts"
import { collector } from "../../../../upstream/places.ts"

export const POST = guarded<{ name: string }>("viewer", async ({ request, params: { name } }) => {
  if (!Object.hasOwn(QUESTIONS, name)) throw new DoorError("not_found", `cannot answer: there is no report "${name}"`)
  if (name === "catalog") return askCatalog(collector(), await parseBody(request, QUESTIONS.catalog))
  const body = await parseBody(request, QUESTIONS[name as keyof typeof QUESTIONS])
  const call = { method: "POST", path: `/v1/report/${name}`, body, signal: request.signal }
  return toAnswer(collector(), await callUpstream(collector(), call))
})
