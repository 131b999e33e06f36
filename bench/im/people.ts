import { CHAT_METHODS } from "@ossagent/im-client/protocol"
import { Connection } from "./connection.ts"

export interface Person {
  uid: number
  ticket: Uint8Array
  connection: Connection
}

export interface Door {
  tcpPort: number
  appKey: string
}

const PASSWORD = "a-password-for-load"

/** Registers and logs in, some at a time. */
export async function createPeople({ tcpPort, appKey }: Door, count: number, prefix: string): Promise<Person[]> {
  const people: Person[] = []
  let next = 0
  const one = async (): Promise<void> => {
    while (next < count) {
      const name = `${prefix}-${next++}`
      const connection = await Connection.open(tcpPort)
      await connection.call(CHAT_METHODS.register, { appKey, name, password: PASSWORD })
      const { uid, ticket } = await connection.call(CHAT_METHODS.login, {
        ...{ appKey, name, password: PASSWORD, deviceName: "load", version: "8.0.1" },
      })
      people.push({ uid, ticket: ticket.slice(), connection })
      connection.sync()
    }
  }
  await Promise.all([one(), one(), one(), one()])
  return people
}

/** Each a friend of the `each` next ones. */
export async function befriend(people: readonly Person[], each: number): Promise<[Person, Person][]> {
  const pairs = people.flatMap((person, i) =>
    Array.from({ length: each }, (_, n): [Person, Person] => [person, people[(i + n + 1) % people.length] as Person]),
  )
  for (const [a, b] of pairs) {
    await a.connection.call(CHAT_METHODS.askFriend, { uid: b.uid })
    await b.connection.call(CHAT_METHODS.acceptFriend, { uid: a.uid })
  }
  return pairs.flatMap(([a, b]): [Person, Person][] => [
    [a, b],
    [b, a],
  ])
}
