import type { Product } from "./stack.ts"

export interface Said {
  status: number
  headers: Headers
  text: string
  /** The message of an error answer. */
  why: string
}

/** Somebody at the dashboard's doors without a browser; `cookie` is who. */
export interface Visitor {
  cookie: string
  send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Said>
}

export function visit(product: Product, cookie = ""): Visitor {
  const send: Visitor["send"] = async (method, path, body, more = {}) => {
    const headers = { origin: product.dashboardUrl, cookie, "content-type": "application/json", ...more }
    const answer = await fetch(product.dashboardUrl + path, {
      method,
      redirect: "manual",
      headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== "")),
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    })
    const text = await answer.text()
    const error = text.startsWith("{") ? (JSON.parse(text) as { error?: { message?: string } }).error : undefined
    return { status: answer.status, headers: answer.headers, text, why: error?.message ?? "" }
  }
  return { cookie, send }
}

/** Logs in and is that person from then on. */
export async function enter(product: Product, who: { email: string; password: string }): Promise<Visitor> {
  const said = await visit(product).send("POST", "/api/auth/sign-in/email", who)
  if (said.status !== 200) throw new Error(`cannot log in as ${who.email}: ${said.status} ${said.text}`)
  const cookies = said.headers.getSetCookie().map((one) => one.split(";", 1)[0])
  return visit(product, cookies.join("; "))
}
