import { authError } from "./generated/auth.server.ts"

const NAME = /^[A-Za-z0-9._-]{2,32}$/
const LEAST_PASSWORD = 8
const MOST_PASSWORD = 128

/** A name as it is shown. Throws `bad_request`. */
export function parseName(name: string): string {
  if (!NAME.test(name)) throw authError("bad_request", "a name has 2 to 32 letters, digits, - . _")
  return name
}

/** What names are told apart by: case does not count. */
export const toNameKey = (name: string): string => name.toLowerCase()

/** A password in the one form that is hashed, however a keyboard composes its characters. Throws `bad_request`. */
export function parsePassword(password: string): string {
  const form = password.normalize("NFKC")
  const length = [...form].length
  if (length < LEAST_PASSWORD || length > MOST_PASSWORD) {
    throw authError("bad_request", `a password has ${LEAST_PASSWORD} to ${MOST_PASSWORD} characters`)
  }
  return form
}
