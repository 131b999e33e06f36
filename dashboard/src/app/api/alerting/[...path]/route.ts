import { findCall } from "../../../../alarm/calls.ts"
import { mayAs } from "../../../../auth/roles.ts"
import { DoorError } from "../../../../door/errors.ts"
import { guarded, parseBody } from "../../../../door/guard.ts"
import { callUpstream, toAnswer } from "../../../../upstream/forward.ts"
import { alerting } from "../../../../upstream/places.ts"

const answer = guarded<{ path: string[] }>("viewer", async ({ request, person, params }) => {
  const { method, signal } = request
  const path = params.path.join("/")
  const known = findCall(method, path)
  if (!known) throw new DoorError("not_found", `cannot ${method} ${path}: there is no such call`)
  if (!mayAs(person.role, known.role))
    throw new DoorError("forbidden", `cannot do this as ${person.role}: it takes the role ${known.role}`)
  const body = known.body ? await parseBody(request, known.body) : undefined
  const call = { method, path: `/v1/${path}${new URL(request.url).search}`, body, actor: person.email, signal }
  return toAnswer(alerting(), await callUpstream(alerting(), call))
})

export { answer as DELETE, answer as GET, answer as POST, answer as PUT }
