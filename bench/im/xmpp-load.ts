/** The same load over XMPP: the same number of people, messages of the same length, each asking for an acknowledgement. */
import { drive, serveLoad, Texts } from "./drive.ts"
import { XmppConnection } from "./xmpp-people.ts"

export interface XmppPlan {
  port: number
  names: string[]
  password: string
}

const people: XmppConnection[] = []
const texts = new Texts()

async function prepare({ port, names, password }: XmppPlan): Promise<void> {
  for (const name of names) people.push(await XmppConnection.open(port, { name, password }))
  for (const one of people) one.onMessage = (text) => texts.read(text)
}

const pick = (): number => Math.floor(Math.random() * people.length)

const run = (round: Parameters<typeof drive>[0]) =>
  drive(round, texts, (done) => {
    const from = pick()
    const to = (from + 1 + Math.floor(Math.random() * (people.length - 1))) % people.length
    ;(people[from] as XmppConnection).send((people[to] as XmppConnection).jid, texts.write().text, () => done(false))
  })

serveLoad(prepare, run)
