import type { ChatClient } from "../client.ts"

/** A sentence for who typed a line. */
export class Refusal extends Error {}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Number of a friend, a group, or anybody the service knows by this name. Rejects with Refusal, ChatError. */
export async function findChat(client: ChatClient, name: string): Promise<number> {
  return tryContact(client, name) ?? tryGroup(client, name) ?? (await client.findUser(name)).uid
}

export async function findUser(client: ChatClient, name: string): Promise<number> {
  if (name === "") throw new Refusal("say whom: a name has to follow")
  return tryContact(client, name) ?? (await client.findUser(name)).uid
}

const tryContact = (client: ChatClient, name: string): number | undefined =>
  client.contacts().find((one) => same(one.name, name))?.uid

/** By name; of several with one name by its number, as `/groups` shows it. */
function tryGroup(client: ChatClient, name: string): number | undefined {
  const found = client.groups().filter((one) => same(one.name, name) || String(one.gid) === name)
  if (found.length > 1) throw new Refusal(`${found.length} groups have this name: use a number from /groups`)
  return found[0]?.gid
}

/** Words of a line; those in quotation marks are one. */
export function toWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "")
}
