import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core"
import type { Product } from "./stack.ts"

/** Where a Chromium is; undefined: tests in the browser are left out. */
export const chromiumPath = process.env.OSSAGENT_CHROMIUM

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
]

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath, args: ARGS })

/** Gathers what the page throws, logs as an error, or is refused by its own content policy. */
export function gatherFaults(context: BrowserContext): string[] {
  const faults: string[] = []
  context.on("weberror", (error) => faults.push(error.error().message))
  context.on("console", (message) => {
    // Chromium asks for it by itself where it has not read yet that the page names another.
    if (message.location().url.endsWith("/favicon.ico")) return
    if (message.type() === "error") faults.push(`${message.page()?.url()}: ${message.text()}`)
  })
  return faults
}

export async function logIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel("E-mail").fill(email)
  await page.getByLabel(/^password/i).fill(password)
  await page.keyboard.press("Enter")
}

export const adminOf = ({ secrets }: Product) => ({ email: secrets.adminEmail, password: secrets.adminPassword })
