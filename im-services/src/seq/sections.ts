/** Users beside each other share one persisted maximum. */
export const SECTION_USERS = 100_000
/** By so much a maximum is raised. */
export const STEP = 10_000
/** Sections are shared out between allocators in this many parts; all allocators and callers must have one number. */
export const SHARES = 16
/** Numbers of large groups begin here. */
export const FIRST_GROUP = 2 ** 40
const FIRST_GROUP_SECTION = 2 ** 31
const MOST = FIRST_GROUP + FIRST_GROUP_SECTION * SECTION_USERS

/** The section of a user or group; throws RangeError for what is neither. */
export function sectionOf(uid: number): number {
  if (!Number.isInteger(uid) || uid < 0 || uid >= MOST) throw new RangeError(`${uid} is no user and no group`)
  if (uid < FIRST_GROUP) return Math.floor(uid / SECTION_USERS)
  return FIRST_GROUP_SECTION + Math.floor((uid - FIRST_GROUP) / SECTION_USERS)
}

/**
 * The number that those of a section are above. Those of groups are above all that users are ever given: a chat that begins in mailboxes of
 * its members and goes on in one of the group's own keeps its order.
 */
export const floorOf = (section: number): number => (section < FIRST_GROUP_SECTION ? 0 : FIRST_GROUP)

/** The place within the section, 0 to 99,999. */
export const placeOf = (uid: number): number => (uid < FIRST_GROUP ? uid : uid - FIRST_GROUP) % SECTION_USERS

export const shareOf = (section: number): number => section % SHARES
