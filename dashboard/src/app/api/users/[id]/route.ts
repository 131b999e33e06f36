import { guarded, parseBody } from "../../../../door/guard.ts"
import { CHANGE, changeUser } from "../../../../people/change.ts"

export const PUT = guarded<{ id: string }>("admin", async ({ request, person, params: { id } }) => {
  const change = await parseBody(request, CHANGE)
  await changeUser(request.headers, person, { id, change })
  return Response.json({ ok: true })
})
