import type { Attempt, History, Row, Stored } from "./history.ts"

const FIRST_GROUP = 2 ** 40
export const isGroup = (chat: number): boolean => chat >= FIRST_GROUP

/** A history with what all checks look up. */
export interface Ground extends History {
  userOf: (uid: number) => Stored
  /** The row that an attempt made in somebody's mailbox. */
  rowOf: (uid: number, attempt: Pick<Attempt, "uid" | "clientId">) => Row | undefined
  /** Who must have what a user wrote in a chat at that time, beside the user: members who were in the group for certain. */
  receiversOf: (attempt: Attempt) => number[]
  /** Whether the receiver blocked the sender: at some time while it was tried, and all the while. */
  blocked: (attempt: Attempt) => { perhaps: boolean; surely: boolean }
}

export function toGround(history: History): Ground {
  const users = new Map(history.users.map((user) => [user.uid, user]))
  const rows = new Map<string, Row>()
  for (const { uid, rows: all } of history.users) {
    for (const row of all) rows.set(`${uid} ${row.from} ${row.clientId}`, row)
  }
  const userOf = (uid: number): Stored => {
    const user = users.get(uid)
    if (user === undefined) throw new RangeError(`the history has no user ${uid}`)
    return user
  }
  const surelyIn = ({ chat, begunAt, endedAt }: Attempt): number[] =>
    history.stays
      .filter(({ gid, joinedAt, leaveBegunAt }) => gid === chat && joinedAt < begunAt && leaveBegunAt > endedAt)
      .map(({ uid }) => uid)
  return {
    ...history,
    userOf,
    rowOf: (uid, { uid: from, clientId }) => rows.get(`${uid} ${from} ${clientId}`),
    receiversOf: (attempt) =>
      isGroup(attempt.chat) ? surelyIn(attempt).filter((uid) => uid !== attempt.uid) : [attempt.chat],
    blocked: ({ uid, chat, begunAt, endedAt }) => {
      const blocks = history.blocks.filter(({ by, peer }) => by === chat && peer === uid)
      return {
        perhaps: blocks.some((block) => block.begunAt < endedAt && block.endedAt > begunAt),
        surely: blocks.some((block) => block.doneAt < begunAt && block.endBegunAt > endedAt),
      }
    },
  }
}
