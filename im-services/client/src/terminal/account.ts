import type { ChatClient } from "../client.ts"
import { ChatError } from "../error.ts"
import type { Screen } from "./screen.ts"
import { toReason } from "./words.ts"

const MOST_TRIES = 3

/** Logs in where no ticket is kept: asks for the password, and whether to register. False: nobody wants to. Rejects with ChatError. */
export async function enterAccount(
  client: ChatClient,
  screen: Screen,
  { name, register }: { name: string; register: boolean },
): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    const fresh = register || (screen.interactive && (await wantsToRegister(screen, name)))
    const password = await screen.readSecret(fresh ? "A password for the chat, at least 8 characters: " : "Password: ")
    if (password === null) return false
    if (fresh && screen.interactive && (await screen.readSecret("The same again: ")) !== password) {
      screen.print("! the two differ")
      continue
    }
    try {
      if (fresh) await client.register(name, password)
      await client.login(name, password)
      return true
    } catch (error) {
      if (!(error instanceof ChatError) || !screen.interactive || tries >= MOST_TRIES) throw error
      screen.print(`! ${toReason(error)}`)
    }
  }
}

async function wantsToRegister(screen: Screen, name: string): Promise<boolean> {
  const answer = await screen.read(`Log in as ${name}, or register this name? [L/r] `)
  return answer?.trim().toLowerCase().startsWith("r") ?? false
}
