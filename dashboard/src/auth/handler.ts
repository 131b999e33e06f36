import { toErrorResponse } from "../door/errors.ts"
import { requireSameOrigin } from "../door/guard.ts"
import { writeAudit } from "./audit.ts"
import { openAccess, readPerson } from "./session.ts"

/**
 * better-auth's own handler, with its limits on tries. Only the addresses with a route file reach it: log in, log out, change the own
 * password. Each is audited.
 */
export async function answerAuth(request: Request): Promise<Response> {
  try {
    requireSameOrigin(request)
    const action = new URL(request.url).pathname.replace("/api/auth/", "")
    const before = await readPerson(request.headers)
    const named = action === "sign-in/email" ? await tryEmail(request.clone()) : null
    const { auth, pool } = openAccess()
    const answer = await auth.handler(request)
    const actor = named ?? before?.email
    // a flood of refused tries must not become a flood of rows
    if (actor && answer.status !== 429)
      await writeAudit(pool, {
        actor,
        action: ACTIONS[action] ?? action,
        detail: answer.ok ? "done" : `refused (${answer.status})`,
      })
    return answer.ok ? withoutBody(answer) : answer
  } catch (error) {
    return toErrorResponse(error)
  }
}

const ACTIONS: Record<string, string> = {
  "sign-in/email": "log-in",
  "sign-out": "log-out",
  "change-password": "own password change",
}

async function tryEmail(request: Request): Promise<string | null> {
  const body = (await request.json().catch(() => null)) as { email?: unknown } | null
  return typeof body?.email === "string" ? body.email.toLowerCase() : null
}

/** The session's token travels in its cookie alone, which no script can read. */
function withoutBody(answer: Response): Response {
  const headers = new Headers(answer.headers)
  headers.delete("content-length")
  return new Response('{"ok":true}', { status: answer.status, headers })
}
