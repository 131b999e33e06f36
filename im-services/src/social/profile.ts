import { ProfileCodec, Topic } from "@ossagent/im-client/protocol"
import { decode, encode } from "@ossagent/svrkit/codec"
import type { ServerCall } from "@ossagent/svrkit/rpc"
import type { AuthClient } from "../auth/generated/auth.client.ts"
import type { MailboxRoute } from "../mailbox/route.ts"
import type { Profile } from "./generated/social.codec.ts"
import { socialError } from "./generated/social.server.ts"
import type { NameOf } from "./names.ts"
import { translate } from "./translate.ts"

const MOST_ABOUT = 500
/** The state of a profile that is there; a row that is not has state 0. */
const THERE = 1

/** Profiles, each in its user's own mailbox. */
export function createProfiles(route: MailboxRoute, auth: AuthClient, nameOf: NameOf) {
  const write = async (profile: Profile, ifStates: number[], call: ServerCall): Promise<void> => {
    const { uid } = profile
    const change = {
      uid,
      topic: Topic.profile,
      subject: uid,
      state: THERE,
      value: encode(ProfileCodec, profile),
      ifStates,
    }
    await translate(route.clientOf(uid).putChanges({ changes: [change] }, { under: call }))
  }
  return {
    /** Writes none over one that is there, so that it may be called again. */
    welcome: async ({ uid }: Pick<Profile, "uid">, call: ServerCall): Promise<void> =>
      write({ uid, name: await nameOf(uid, call), about: "" }, [0], call),

    set: async ({ uid, about }: Pick<Profile, "uid" | "about">, call: ServerCall): Promise<void> => {
      if ([...about].length > MOST_ABOUT)
        throw socialError("bad_request", `a profile says at most ${MOST_ABOUT} characters`)
      await write({ uid, name: await nameOf(uid, call), about }, [], call)
    },

    find: async (name: string, call: ServerCall): Promise<Profile> => {
      const user = await translate(auth.findUser({ name }, { under: call }))
      const asked = { uid: user.uid, topic: Topic.profile, subjects: [user.uid] }
      const { changes } = await translate(route.clientOf(user.uid).getChanges(asked, { under: call }))
      const about = changes[0] === undefined ? "" : decode(ProfileCodec, changes[0].value).about
      return { uid: user.uid, name: user.name, about }
    },
  }
}
