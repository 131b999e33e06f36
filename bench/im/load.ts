/** The load generator for chat, a process of its own: people who write to each other. Received counts when the receiver has synced it. */
import { CHAT_METHODS } from "@ossagent/im-client/protocol"
import { drive, serveLoad, Texts } from "./drive.ts"
import { befriend, createPeople, type Door, type Person } from "./people.ts"

export interface LoadPlan extends Door {
  people: number
  friends: number
}

let pairs: [Person, Person][] = []
const texts = new Texts()

async function prepare(plan: LoadPlan): Promise<void> {
  const people = await createPeople(plan, plan.people, `load${process.pid}`)
  pairs = await befriend(people, plan.friends)
  for (const { connection, uid } of people)
    connection.onPage = (page) =>
      page.texts.forEach((text, i) => {
        const talker = page.talkers[page.talkerOf[i] ?? 0]
        if (talker !== undefined && talker.from !== uid) texts.read(text)
      })
}

const run = (round: Parameters<typeof drive>[0]) =>
  drive(round, texts, (done) => {
    const [a, b] = pairs[Math.floor(Math.random() * pairs.length)] as [Person, Person]
    const { id, text } = texts.write()
    a.connection.request(CHAT_METHODS.send, { chat: b.uid, clientId: id, text }, (_body, failed) => done(failed))
  })

serveLoad(prepare, run)
