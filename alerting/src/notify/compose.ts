/** An outbox row as a message for its channel: what it is about is read, said, and drawn where it is a mail. */
import type { Alarm } from "@ossagent/wire"
import type { Logger } from "pino"
import { ChannelError, type Outgoing } from "./channel/channel.ts"
import type { WebhookBody } from "./channel/webhook-body.ts"
import { type Letterhead, toMail } from "./letter.ts"
import type { OutboxRow } from "./outbox.ts"
import { readStory, type StoryDeps } from "./read-story.ts"
import type { Story } from "./story.ts"
import type { Said } from "./text/say.ts"

export interface ComposeDeps extends StoryDeps {
  say: (story: Story) => Promise<Said>
  head: Letterhead
  /** The chart of an alarm; null when there is nothing to draw. May throw: the mail then goes without. */
  readPicture: (alarm: Alarm) => Promise<Buffer | null>
  log: Logger
}

export interface Way {
  /** Of the channel document, or of the built-in one. */
  name: string
  /** Sender of mails, where the channel has its own. */
  from?: string
  own: string | null
}

export type Compose = (row: OutboxRow, way: Way) => Promise<Outgoing>

/** Throws ChannelError when there is nothing to say any more. */
export function createCompose(deps: ComposeDeps): Compose {
  return async (row, way) => {
    const to = toAddress(row, way)
    const story = await readStory(deps, row, way.name)
    const said = await deps.say(story)
    const key = `outbox-${row.id}@${deps.head.installation}.ossagent`
    const { kind, severity, language, link } = story
    return {
      ...{ key, kind, severity, language, link },
      to,
      incidentId: row.incident_id,
      subject: said.subject,
      text: said.text,
      mail: row.channel === "email" ? await writeMail(deps, { row, to, way, story, said }) : null,
      body: row.channel === "webhook" ? toBody(story, said, key) : null,
    }
  }
}

/** A channel that is told itself is named as the recipient: its settings say where that is. */
function toAddress({ recipient, contact_id, channel_id }: OutboxRow, { name, own }: Way): string {
  if (contact_id !== null || channel_id === null || recipient !== name) return recipient
  if (own === null) throw new ChannelError(`cannot send by ${name}: it has no address of its own`, { retry: false })
  return own
}

interface Written {
  row: OutboxRow
  to: string
  way: Way
  story: Story
  said: Said
}

async function writeMail(deps: ComposeDeps, { row, to, way, story, said }: Written) {
  const [alarm] = story.alarms
  const picture = alarm ? await tryPicture(deps, alarm) : null
  const { installation, from } = deps.head
  return toMail(story, said, { id: row.id, to, picture }, { installation, from: way.from ?? from })
}

/** A picture that takes longer is not waited for. */
const PICTURE_MS = 2_000

/** A mail without its picture is better than none, or than a late one. */
async function tryPicture({ readPicture, log }: ComposeDeps, alarm: Alarm): Promise<Buffer | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${PICTURE_MS} ms`)), PICTURE_MS)
  })
  try {
    return await Promise.race([readPicture(alarm), late])
  } catch (error) {
    log.warn({ alarm: alarm.id, why: (error as Error).message }, "mail goes without its chart")
    return null
  } finally {
    clearTimeout(timer)
  }
}

function toBody(story: Story, said: Said, key: string): WebhookBody {
  const { kind, severity, language, at, link, incident, alarms, runbooks } = story
  return {
    ...{ version: 1, key, kind, severity, language, sentAt: at, title: said.subject, text: said.text, link },
    incident: incident && {
      id: incident.id,
      state: incident.state,
      group: incident.group,
      culprit: incident.culprit?.text ?? null,
      startedAt: incident.startedAt,
      resolvedAt: incident.resolvedAt,
      alarms: incident.alarms,
    },
    alarms: alarms.map((alarm) => ({
      id: alarm.id,
      rule: alarm.ruleName,
      severity: alarm.severity,
      state: alarm.state,
      title: alarm.title,
      why: alarm.why,
      metric: alarm.metric,
      group: alarm.group,
      value: alarm.value,
      unit: alarm.unit,
      startedAt: alarm.startedAt,
      runbookUrl: runbooks.get(alarm.id) ?? null,
    })),
  }
}
