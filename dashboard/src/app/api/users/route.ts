import { openAccess } from "../../../auth/session.ts"
import { guarded, parseBody } from "../../../door/guard.ts"
import { addUser, listUsers, NEW_USER } from "../../../people/change.ts"

export const GET = guarded("admin", async () => Response.json({ users: await listUsers(openAccess()) }))

export const POST = guarded("admin", async ({ request, person }) => {
  const body = await parseBody(request, NEW_USER)
  await addUser(request.headers, person, body)
  return Response.json({ ok: true })
})
