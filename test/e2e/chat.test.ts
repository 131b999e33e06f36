import { once } from "node:events"
import { get, type IncomingMessage } from "node:http"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { adminOf, chromiumPath, gatherFaults, logIn, openBrowser } from "../browser.ts"
import { type Product, startProduct, until } from "../stack.ts"
import { enter } from "../visitor.ts"

/** People who talk to each other on the dashboard's page, each in a browser of their own. */
let product: Product
let browser: Browser
/** Three browsers on a machine that has other work too. */
const PATIENCE_MS = 60_000
const PASSWORD = "a password of tests"
const VIEWER = { name: "Vera", role: "viewer", email: "vera@example.test", password: "vera-password" }

interface Talker {
  name: string
  context: BrowserContext
  page: Page
}
let ada: Talker
let bob: Talker
let carol: Talker

async function come(name: string): Promise<Talker> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const gathered = gatherFaults(context)
  contextFaults.push(gathered)
  await page.goto(`${product.dashboardUrl}/chat`)
  await logIn(page, adminOf(product))
  await register(page, name)
  return { name, context, page }
}
const contextFaults: string[][] = []

async function register(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Register", exact: true }).click()
  await page.getByLabel("Name").fill(name)
  await page.locator("input[name=password]").fill(PASSWORD)
  await page.getByLabel("Password again").fill(PASSWORD)
  await page.keyboard.press("Enter")
  await page.getByRole("navigation", { name: "Conversations" }).waitFor()
}

async function befriend(a: Talker, b: Talker): Promise<void> {
  await a.page.getByRole("button", { name: "Add", exact: true }).click()
  await a.page.getByRole("dialog").getByLabel("Name").fill(b.name.toUpperCase())
  await a.page.keyboard.press("Enter")
  await b.page.getByRole("button", { name: `Accept ${a.name}` }).click()
  await row(a, b.name).waitFor()
}

const row = ({ page }: Talker, name: string) => page.getByTestId("row").filter({ hasText: name })
const open = (talker: Talker, name: string) => row(talker, name).click()
async function say({ page }: Talker, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    await page.getByLabel(/^Message to/).fill(text)
    await page.keyboard.press("Enter")
    // what is shown is kept
    await page
      .getByTestId("words")
      .filter({ hasText: text.split("\n")[0] })
      .last()
      .waitFor()
  }
}
const words = ({ page }: Talker): Promise<string[]> => page.getByTestId("words").allTextContents()
const shows = (talker: Talker, texts: string[]) =>
  until(
    async () => same(await words(talker), texts),
    `${talker.name} sees ${texts.length} messages`,
    PATIENCE_MS,
  ).catch(async () => expect([talker.name, await words(talker)]).toEqual([talker.name, texts]))
const same = (a: readonly string[], b: readonly string[]): boolean => JSON.stringify(a) === JSON.stringify(b)
const allSent = ({ page }: Talker) =>
  until(async () => (await page.locator('[data-state="sending"]').count()) === 0, "all is sent", 20_000)

const said: string[] = []

/** The policy of a page that is asked for under this host. */
async function ask(url: string, host: string): Promise<string> {
  const [answer] = (await once(get(url, { headers: { host } }), "response")) as [IncomingMessage]
  answer.resume()
  return String(answer.headers["content-security-policy"])
}

beforeAll(async () => {
  if (chromiumPath === undefined) return
  product = await startProduct()
  browser = await openBrowser()
  ;[ada, bob, carol] = [await come("ada"), await come("bob"), await come("carol")]
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

describe.skipIf(chromiumPath === undefined)("in the chat", () => {
  it("two people find each other and talk", async () => {
    await befriend(ada, bob)
    await open(ada, "bob")
    await say(ada, "hello bob", "this line\nand the next")
    await row(bob, "ada").getByTestId("unread").waitFor()
    await open(bob, "ada")
    said.push("hello bob", "this line\nand the next")
    await shows(bob, said)
    await say(bob, "hello ada")
    said.push("hello ada")
    for (const one of [ada, bob]) await shows(one, said)
    expect(await row(bob, "ada").getByTestId("unread").count()).toBe(0)
    expect(ada.page.url()).toBe(`${product.dashboardUrl}/chat?with=bob`)
  })

  it("who closes the page finds everything when they come back: in order, once; a reload keeps it", async () => {
    await bob.page.close()
    const texts = Array.from({ length: 25 }, (_, i) => `while you were away ${i}`)
    await say(ada, ...texts)
    await allSent(ada)
    said.push(...texts)
    bob.page = await bob.context.newPage()
    await bob.page.goto(`${product.dashboardUrl}/chat?with=ada`)
    for (const one of [bob, ada]) await shows(one, said)
    for (const one of [bob, ada]) {
      await one.page.reload()
      await shows(one, said)
    }
  })

  it("what was written without a network goes out once it is back, and what was missed comes", async () => {
    await ada.context.setOffline(true)
    await ada.page.getByText("What you write is kept and sent later").waitFor()
    await say(ada, "ada offline 1", "ada offline 2")
    await until(async () => (await ada.page.locator('[data-state="sending"]').count()) === 2, "both wait", 10_000)
    await say(bob, "bob 1", "bob 2", "bob 3")
    await allSent(bob)
    await ada.context.setOffline(false)
    await allSent(ada)
    said.push("bob 1", "bob 2", "bob 3", "ada offline 1", "ada offline 2")
    for (const one of [ada, bob]) await shows(one, said)
  })

  it("a page that is closed before its messages went out sends them when it is opened again, once", async () => {
    await ada.context.setOffline(true)
    await ada.page.getByText("What you write is kept and sent later").waitFor()
    await say(ada, "kept over a close")
    await ada.page.close()
    await ada.context.setOffline(false)
    ada.page = await ada.context.newPage()
    await ada.page.goto(`${product.dashboardUrl}/chat?with=bob`)
    said.push("kept over a close")
    for (const one of [ada, bob]) await shows(one, said)
  })

  it("older messages come as one scrolls up; a new device has them all", async () => {
    const more = Array.from({ length: 30 }, (_, i) => `and more ${i}`)
    await say(bob, ...more)
    await allSent(bob)
    said.push(...more)
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 } })
    const fresh: Talker = { name: "bob", context, page: await context.newPage() }
    await fresh.page.goto(`${product.dashboardUrl}/chat?with=ada`)
    await logIn(fresh.page, adminOf(product))
    await fresh.page.getByLabel("Name").fill("bob")
    await fresh.page.getByLabel("Password").fill(PASSWORD)
    await fresh.page.keyboard.press("Enter")
    await fresh.page.getByText("and more 29").last().waitFor()
    await until(
      async () => {
        await fresh.page.getByTestId("messages").evaluate((box: { scrollTop: number }) => {
          box.scrollTop = 0
        })
        return same(await words(fresh), said)
      },
      "all of it",
      30_000,
    )
    await say(ada, "did you see it?")
    await fresh.page.getByRole("button", { name: "1 new message" }).click()
    said.push("did you see it?")
    await shows(fresh, said)
    await context.close()
  })

  it("a message is taken back on both sides", async () => {
    await say(ada, "this is wrong")
    const wrong = (talker: Talker) => talker.page.getByTestId("said").filter({ hasText: "this is wrong" })
    await wrong(bob).waitFor()
    await wrong(ada).hover()
    await wrong(ada).getByRole("button", { name: "Take back" }).click()
    await bob.page.getByText("ada took this message back").waitFor()
    await ada.page.getByText("You took this message back").waitFor()
    await bob.page.reload()
    await bob.page.getByText("ada took this message back").waitFor()
    expect(await wrong(bob).count()).toBe(0)
  })

  it("three people talk in a group; one is invited later, one leaves", async () => {
    await befriend(carol, ada)
    await ada.page.getByRole("button", { name: "Group", exact: true }).click()
    await ada.page.getByLabel("Name of the group").fill("lunch")
    await ada.page.getByRole("checkbox", { name: "bob" }).check()
    await ada.page.getByRole("button", { name: "Make the group" }).click()
    await ada.page.getByRole("button", { name: "2 members" }).click()
    await ada.page.getByRole("button", { name: "Invite friends" }).click()
    await ada.page.getByRole("checkbox", { name: "carol" }).check()
    await ada.page.getByRole("button", { name: "Invite", exact: true }).click()
    await ada.page.getByRole("button", { name: "3 members" }).waitFor()
    for (const one of [bob, carol]) await open(one, "lunch")
    await say(ada, "where?")
    await carol.page.getByText("where?").last().waitFor()
    await say(carol, "here")
    await bob.page.getByText("here", { exact: true }).waitFor()
    for (const one of [ada, bob, carol]) await shows(one, ["where?", "here"])
    await carol.page.getByRole("button", { name: "More" }).click()
    await carol.page.getByText("Leave the group").click()
    await carol.page.getByRole("button", { name: "Leave", exact: true }).click()
    await carol.page.getByText("You are not in this group").waitFor()
    await ada.page.getByText("carol left").first().waitFor()
  })

  it("who is blocked is told that a message was not taken, and may delete it", async () => {
    await open(bob, "ada")
    await open(ada, "bob")
    await bob.page.getByRole("button", { name: "More" }).click()
    await bob.page.getByText("Block ada").click()
    await bob.page.getByRole("button", { name: "Block", exact: true }).click()
    await bob.page.getByText("You block ada").waitFor()
    await say(ada, "hello?")
    await ada.page.getByText("Not sent: They have not accepted you").waitFor()
    await bob.page.getByRole("button", { name: "Unblock" }).click()
    await ada.page.getByRole("button", { name: "Try again" }).click()
    await bob.page.getByTestId("said").filter({ hasText: "hello?" }).waitFor()
    await allSent(ada)
  })

  it("the keyboard goes from one conversation to the next", async () => {
    const at = () => new URL(ada.page.url()).search
    await ada.page.getByTestId("row").first().click()
    await ada.page.locator("textarea:focus").waitFor()
    const first = at()
    await ada.page.keyboard.press("Alt+ArrowDown")
    await until(async () => at() !== first, "the next conversation", 10_000)
    await ada.page.locator("textarea:focus").waitFor()
    await ada.page.keyboard.press("Escape")
    await ada.page.keyboard.press("ArrowUp")
    await until(async () => at() === first, "the conversation before", 10_000)
    expect(await ada.page.evaluate("document.activeElement.dataset.testid")).toBe("row")
  })

  it("one page of a browser has the chat, and another can take it", async () => {
    const second = await ada.context.newPage()
    await second.goto(`${product.dashboardUrl}/chat?with=bob`)
    await second.getByLabel("Message to bob").waitFor()
    await ada.page.getByText("open on another page").waitFor()
    await ada.page.getByRole("button", { name: "Use it here" }).click()
    await ada.page.getByLabel("Message to bob").waitFor()
    await second.getByText("open on another page").waitFor()
    await second.close()
  })

  it("errors are told in words", async () => {
    const { page } = carol
    await page.goto(`${product.dashboardUrl}/chat?with=nobody-here`)
    await page.getByText("Nobody has this name.").waitFor()
    await page.getByRole("button", { name: "You are carol in the chat" }).click()
    await page.getByText("Log out of the chat").click()
    await page.getByRole("dialog").getByRole("button", { name: "Log out" }).click()
    await page.getByLabel("Name").fill("ada")
    await page.getByLabel("Password").fill("a wrong password")
    await page.keyboard.press("Enter")
    await page.getByText("the password is another one").waitFor()
    await page.getByRole("button", { name: "Register", exact: true }).click()
    await page.locator("input[name=password]").fill("short")
    await page.keyboard.press("Enter")
    await page.getByText("too short: 5 of at least 8").waitFor()
    await page.locator("input[name=password]").fill("another password")
    await page.getByLabel("Password again").fill("another password")
    await page.keyboard.press("Enter")
    await page.getByText("Somebody has this name already").waitFor()
  })

  it("somebody else at the same browser does not see it", async () => {
    const admin = await enter(product, adminOf(product))
    expect((await admin.send("POST", "/api/users", VIEWER)).status).toBe(200)
    const { page, context } = ada
    await page.goto("about:blank")
    await context.clearCookies()
    await page.goto(`${product.dashboardUrl}/chat`)
    await logIn(page, VIEWER)
    await page.getByRole("heading", { name: "Log in to the chat" }).waitFor()
    expect(await page.getByLabel("Name").inputValue()).toBe("")
    await page.goto("about:blank")
    await context.clearCookies()
    await page.goto(`${product.dashboardUrl}/chat`)
    await logIn(page, adminOf(product))
    await row(ada, "bob").waitFor()
  })

  it("the policy of a page allows its chat's addresses, as they are reached from where it was opened, and no others", async () => {
    const dispatch = product.port + 6
    const ws = product.port + 7
    const allowed = async (host: string) =>
      /connect-src ([^;]*)/.exec(await ask(`${product.dashboardUrl}/login`, host))?.[1]
    const at = (host: string) => `'self' http://${host}:${dispatch} ws://${host}:${ws}`
    expect(await allowed(`127.0.0.1:${product.port}`)).toBe(at("127.0.0.1"))
    expect(await allowed(`10.0.0.5:${product.port}`)).toBe(at("10.0.0.5"))
    expect(await allowed("evil;script-src *")).toBe(at("127.0.0.1"))
  })

  it("no page is wider than a phone, and none breaks its own policy", async () => {
    for (const path of ["/chat", "/chat?with=bob"]) {
      await ada.page.setViewportSize({ width: 390, height: 844 })
      await ada.page.goto(product.dashboardUrl + path)
      await row(ada, "bob").first().waitFor({ state: "attached" })
      const over = await ada.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      )
      expect([path, over]).toEqual([path, 0])
    }
    await ada.page.getByRole("button", { name: "To the list" }).click()
    await row(ada, "bob").waitFor()
    const offline = /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/
    expect(contextFaults.flat().filter((one) => !offline.test(one))).toEqual([])
  })
})
