import { readPerson } from "../../../auth/session.ts"
import { DoorError } from "../../../door/errors.ts"
import { guarded, parseBody } from "../../../door/guard.ts"
import { openStream } from "../../../live/stream.ts"
import { LIVE } from "../../../question/schema.ts"

const MOST_STREAMS_PER_PERSON = 40
const open = new Map<string, number>()

export const POST = guarded("viewer", async ({ request, person }) => {
  const body = await parseBody(request, LIVE)
  const count = open.get(person.id) ?? 0
  if (count >= MOST_STREAMS_PER_PERSON)
    throw new DoorError("too_many_requests", `cannot open more than ${MOST_STREAMS_PER_PERSON} live pages at once`)
  open.set(person.id, count + 1)
  const { headers, signal } = request
  const stillAllowed = async () => (await readPerson(headers)) !== null
  return openStream({ body, asked: signal, stillAllowed, onEnd: () => leave(person.id) })
})

function leave(id: string): void {
  const count = (open.get(id) ?? 1) - 1
  if (count > 0) open.set(id, count)
  else open.delete(id)
}
