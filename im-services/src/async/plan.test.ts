import { Topic } from "@ossagent/im-client/protocol"
import { describe, expect, it } from "vitest"
import { createJob, type Job } from "../mailbox/generated/mailbox.codec.ts"
import { MOST_AT_ONCE, toAppends, toMarkers, toSteps } from "./plan.ts"

const job = (id: number, more: Partial<Job> = {}): Job => ({
  ...createJob(),
  id,
  gid: 2 ** 40,
  from: 7,
  clientId: id,
  ...more,
})
const parity = (uid: number): number => uid % 2
const LONG = "a text that is longer than a reference to it would be"

describe("jobs of a group", () => {
  it("are done one after the other, but numbers of a large group in a row once, the newest, for all their members", () => {
    const steps = toSteps([
      job(1),
      job(2, { marker: 5, members: [1, 2] }),
      job(3, { marker: 6, members: [2, 3] }),
      job(4),
      job(5, { marker: 7, members: [1] }),
    ])
    expect(steps.map(({ jobs }) => jobs.map(({ id }) => id))).toEqual([[1], [2, 3], [4], [5]])
    expect(steps[1]).toMatchObject({ marker: { marker: 6, members: [1, 2, 3] } })
  })

  it("go to each SET by itself, with a long text once", () => {
    const appends = toAppends(job(1, { text: LONG, members: [1, 2, 3, 4, 5] }), parity)
    expect(appends.map(({ set, request }) => [set, request.items?.map(({ uid }) => uid)])).toEqual([
      [1, [1, 3, 5]],
      [0, [2, 4]],
    ])
    for (const { request } of appends) {
      expect(request.bodies).toHaveLength(1)
      expect(request.items?.every(({ text, body }) => text === "" && body === request.bodies?.[0]?.key)).toBe(true)
    }
    const [again] = toAppends(job(1, { text: LONG, members: [1, 3] }), parity)
    expect(again?.request.bodies?.[0]?.key).toEqual(appends[0]?.request.bodies?.[0]?.key)
  })

  it("keep a short text, or that of a single member, in the row", () => {
    for (const one of [job(1, { text: "hi", members: [1, 3] }), job(1, { text: LONG, members: [1] })]) {
      const [append] = toAppends(one, parity)
      expect(append?.request.bodies).toEqual([])
      expect(append?.request.items?.[0]?.text).toBe(one.text)
    }
  })

  it("of many members are cut into pieces that a mailbox takes", () => {
    const members = Array.from({ length: 1_200 }, (_, i) => i + 1)
    const sizes = toAppends(job(1, { members }), () => 0).map(({ request }) => request.items?.length)
    expect(sizes).toEqual([MOST_AT_ONCE, MOST_AT_ONCE, 200])
  })

  it("of a large group are changes that only rise", () => {
    const [told] = toMarkers(job(1, { marker: 9, members: [1] }), parity)
    expect(told?.request.changes?.[0]).toMatchObject({
      uid: 1,
      topic: Topic.marker,
      subject: 2 ** 40,
      rising: true,
      order: 9,
    })
  })
})
