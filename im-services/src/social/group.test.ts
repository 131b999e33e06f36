import { LARGE_GROUP } from "@ossagent/im-client/protocol"
import { describe, expect, it } from "vitest"
import { createGroup, type Group } from "./generated/social.codec.ts"
import { isIn, MOST_MEMBERS, parseGroupName, withMembers, withoutMember } from "./group.ts"

const member = (uid: number) => ({ uid, name: `user ${uid}` })
const people = (count: number, from = 1) => Array.from({ length: count }, (_, i) => member(from + i))
const group = (count: number): Group => ({ ...createGroup(), owner: 1, members: people(count), version: 1 })

describe("a group", () => {
  it("takes whom it does not have, and is as it was when all are in it", () => {
    const more = withMembers(group(3), [member(2), member(9)]) as Group
    expect(more.members.map(({ uid }) => uid)).toEqual([1, 2, 3, 9])
    expect(more.version).toBe(2)
    expect(withMembers(more, [member(9)])).toBeNull()
  })

  it("has 5,000 members at most", () => {
    expect(withMembers(group(MOST_MEMBERS - 1), [member(9_999)])?.members.length).toBe(MOST_MEMBERS)
    expect(() => withMembers(group(MOST_MEMBERS), [member(9_999)])).toThrow("at most 5000")
  })

  it("is large above 500 members, and stays so", () => {
    expect(withMembers(group(LARGE_GROUP - 1), [member(9_999)])?.large).toBe(false)
    const large = withMembers(group(LARGE_GROUP), [member(9_999)]) as Group
    expect(large.large).toBe(true)
    expect(withoutMember(large, 2)?.large).toBe(true)
  })

  it("goes to its oldest member when its owner leaves, and to nobody with the last", () => {
    const after = withoutMember(group(3), 1) as Group
    expect([after.owner, isIn(after, 1), after.version]).toEqual([2, false, 2])
    expect(withoutMember(group(1), 1)).toMatchObject({ owner: 0, members: [] })
    expect(withoutMember(after, 1)).toBeNull()
  })

  it("has a name of 1 to 64 characters", () => {
    expect(parseGroupName("  Tea  ")).toBe("Tea")
    for (const bad of ["", "   ", "x".repeat(65)]) expect(() => parseGroupName(bad)).toThrow("1 to 64")
  })
})
