/** Steps of a policy to addresses: who is on call, how each wants to be told at this hour, which way out there is for it. */
import type { ChannelKind, Language, Severity, Target } from "@ossagent/wire"
import { ownAddress } from "../notify/channel/schema.ts"
import { toAddress, toPreference } from "../oncall/preference.ts"
import { findOnCall } from "../oncall/rotation.ts"
import type { Known, World } from "../oncall/world.ts"

export interface Recipient {
  channel: ChannelKind
  /** Null: the built-in way of this kind. */
  channelId: string | null
  channelName: string
  contactId: string | null
  contactName: string | null
  language: Language
  address: string
  /** Seconds after which it goes out when the one before it has not delivered; 0: at once. */
  afterSec: number
  /** Place in this contact's order; 0 is first. */
  order: number
  why: string
}

export interface Reach {
  recipients: Recipient[]
  /** Targets that reach nobody, in words. */
  unreached: string[]
}

export interface ReachInput {
  targets: readonly Target[]
  severity: Severity
  world: World
  /** Kinds that need no document of theirs: set up by settings. */
  builtIn: ReadonlySet<ChannelKind>
  /** True when the IM itself is in trouble: nobody waits for it. */
  allAtOnce: boolean
  now: number
}

export function toReach(input: ReachInput): Reach {
  const reach: Reach = { recipients: [], unreached: [] }
  const seen = new Set<string>()
  for (const target of input.targets) {
    const { recipients, unreached } = toReachOf(target, input)
    reach.unreached.push(...unreached)
    for (const one of recipients) {
      const key = `${one.channel} ${one.channelId ?? ""} ${one.address}`
      if (!seen.has(key)) reach.recipients.push(one)
      seen.add(key)
    }
  }
  return reach
}

function toReachOf(target: Target, input: ReachInput): Reach {
  const { world, now } = input
  if (target.kind === "channel") return toChannelReach(target.id, world)
  if (target.kind === "contact") return toContactReach(world.contact.get(target.id), input, "named")
  const schedule = world.schedule.get(target.id)
  if (!schedule) return { recipients: [], unreached: [`schedule ${target.id} is gone`] }
  const contactId = findOnCall(schedule, now)
  if (contactId === null) return { recipients: [], unreached: [`nobody is on call in ${schedule.name}`] }
  return toContactReach(world.contact.get(contactId), input, `on call in ${schedule.name}`)
}

function toChannelReach(id: string, world: World): Reach {
  const channel = world.channel.get(id)
  if (!channel) return { recipients: [], unreached: [`channel ${id} is gone`] }
  if (!channel.enabled) return { recipients: [], unreached: [`channel ${channel.name} is switched off`] }
  const { kind, name, settings } = channel
  if (kind === "im" && !settings.members && ![...world.contact.values()].some(({ im }) => im))
    return { recipients: [], unreached: [`no contact has a name in the IM for ${name}`] }
  const address = ownAddress(channel)
  if (address === null) return { recipients: [], unreached: [`channel ${name} serves persons only`] }
  const language: Language = settings.language === "zh" ? "zh" : "en"
  const rest = { contactId: null, contactName: null, language, afterSec: 0, order: 0, why: "named" }
  return {
    recipients: [{ channel: kind, channelId: id, channelName: name, address, ...rest }],
    unreached: [],
  }
}

function toContactReach(contact: Known<"contact"> | undefined, input: ReachInput, why: string): Reach {
  if (!contact) return { recipients: [], unreached: ["a contact is gone"] }
  const { channels, mode, fallbackSec } = toPreference(contact, input.severity, input.now)
  if (channels.length === 0) return { recipients: [], unreached: [`${contact.name} wants not to be told at this hour`] }
  const inOrder = mode === "inOrder" && !input.allAtOnce
  const recipients: Recipient[] = []
  for (const kind of channels) {
    const address = toAddress(contact, kind)
    const way = findWay(kind, input)
    if (address === null || way === null) continue
    const order = recipients.length
    recipients.push({
      channel: kind,
      channelId: way.id,
      channelName: way.name,
      contactId: contact.id,
      contactName: contact.name,
      language: contact.language,
      address,
      afterSec: inOrder ? order * fallbackSec : 0,
      order: inOrder ? order : 0,
      why,
    })
  }
  if (recipients.length > 0) return { recipients, unreached: [] }
  return { recipients, unreached: [`${contact.name} has no address on ${channels.join(", ")} that can be used here`] }
}

/** The way out for a kind: the built-in one, else the first that is switched on. */
function findWay(kind: ChannelKind, { world, builtIn }: ReachInput): { id: string | null; name: string } | null {
  if (builtIn.has(kind)) return { id: null, name: kind }
  for (const { id, kind: other, name, enabled } of world.channel.values())
    if (other === kind && enabled) return { id, name }
  return null
}
