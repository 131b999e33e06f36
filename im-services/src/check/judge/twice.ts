import { type Ground, isGroup } from "./ground.ts"
import type { Fault, Row } from "./history.ts"

/** No message is stored twice in a mailbox, by its client id or by its text, and no device is given one twice. */
export function findTwice(ground: Ground): Fault[] {
  return [
    ...ground.users.flatMap(({ uid, rows }) => [
      ...repeated(rows.map(({ from, clientId }) => `${from} ${clientId}`)).map((id) => fault(uid, `client id ${id}`)),
      ...repeated(rows.map(toTextName)).map((text) => fault(uid, `the text ${text}`)),
    ]),
    ...ground.devices.flatMap(({ uid, name, pages }) => {
      const rows = pages.flatMap((page) => page.rows)
      return [
        ...repeated(rows.map(({ seq }) => String(seq))).map((seq) => fault(uid, `number ${seq} on ${name}`)),
        ...repeated(rows.map(toTextName)).map((text) => fault(uid, `the text ${text} on ${name}`)),
      ]
    }),
  ]
}

/** Every message of a user has a text of its own; what a group says has one of its own in that group. */
const toTextName = ({ from, text }: Pick<Row, "from" | "text">): string =>
  isGroup(from) && text !== "" ? `${text} in ${from}` : text

/** Each value that is there more than once, the empty one aside. */
function repeated(values: readonly string[]): string[] {
  const once = new Set<string>()
  const more = new Set<string>()
  for (const value of values) if (value !== "") (once.has(value) ? more : once).add(value)
  return [...more]
}

const fault = (uid: number, what: string): Fault => ({ kind: "twice", uid, what: `${what} is there twice` })
