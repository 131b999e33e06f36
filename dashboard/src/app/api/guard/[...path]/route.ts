import { writeAudit } from "../../../../auth/audit.ts"
import { mayAs } from "../../../../auth/roles.ts"
import { openAccess } from "../../../../auth/session.ts"
import { DoorError } from "../../../../door/errors.ts"
import { guarded, parseBody } from "../../../../door/guard.ts"
import { findGuardCall } from "../../../../throttle/calls.ts"
import { callUpstream, toAnswer } from "../../../../upstream/forward.ts"
import { guard } from "../../../../upstream/places.ts"

const answer = guarded<{ path: string[] }>("viewer", async ({ request, person, params }) => {
  const { method, signal } = request
  const path = params.path.map(decodeURIComponent).join("/")
  const known = findGuardCall(method, path)
  if (!known) throw new DoorError("not_found", `cannot ${method} ${path}: there is no such call`)
  if (!mayAs(person.role, known.role))
    throw new DoorError("forbidden", `cannot do this as ${person.role}: it takes the role ${known.role}`)
  const body = known.body ? await parseBody(request, known.body) : undefined
  const call = { method, path: `/v1/${path}${new URL(request.url).search}`, body, actor: person.email, signal }
  const said = await callUpstream(guard(), call)
  if (said.ok && known.action !== undefined) {
    const detail = body === undefined ? path : `${path} ${JSON.stringify(body)}`
    await writeAudit(openAccess().pool, { actor: person.email, action: known.action, detail })
  }
  return toAnswer(guard(), said)
})

export { answer as DELETE, answer as GET, answer as POST }
