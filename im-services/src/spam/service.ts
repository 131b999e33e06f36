/** spam: a message's text in, what it thinks of it out. It keeps nothing but what it saw within a minute; without it messages arrive. */
import { defineRpcService } from "@ossagent/svrkit"
import { serveSpam } from "./generated/spam.server.ts"
import { createJudge } from "./judge.ts"

export const spam = defineRpcService({
  name: "spam",
  partOf: "im",
  start: ({ rpc, agent }) => {
    const judge = createJudge()
    const judged = agent.counter("im.spam.judged", { unit: "{message}" })
    const count = {
      "": judged.with({ as: "good" }),
      same_text: judged.with({ as: "same_text" }),
      many_links: judged.with({ as: "many_links" }),
      too_fast: judged.with({ as: "too_fast" }),
    }
    for (const counter of Object.values(count)) counter.inc(0)
    serveSpam(rpc, {
      judge: ({ uid, chat, text }) => {
        const judgement = judge(uid, chat, text, Date.now())
        count[judgement.why].inc()
        return judgement
      },
    })
  },
})
