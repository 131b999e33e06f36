import { expect, it } from "vitest"
import { Meter } from "../meter/meter.ts"
import { GuardNews } from "./news.ts"

const meter = (uid: number) => new Meter({ uid, device: 1, version: "8.0.1" }, 0)
const start = () =>
  new GuardNews(
    () => 0,
    () => [],
  )

it("what was not heard is told again, in its order, and no more than fifty accusations at once", () => {
  const news = start()
  for (let uid = 1; uid <= 60; uid++) news.accuse(meter(uid), "asks", [])
  const first = news.take()
  expect([first.accused?.length, news.isMore]).toEqual([50, true])
  news.back(first)
  const again = [...(news.take().accused ?? []), ...(news.take().accused ?? [])].map(({ uid }) => uid)
  expect(again).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
  expect(news.isMore).toBe(false)
})

it("what is kept for a guard that is away is bounded: the newest thousand", () => {
  const news = start()
  for (let uid = 1; uid <= 1_500; uid++) news.accuse(meter(uid), "asks", [])
  expect(news.take().accused?.[0]?.uid).toBe(501)
})

it("defiances of one device add up, also over a beat that was not heard", () => {
  const news = start()
  for (let i = 0; i < 3; i++) news.defy(7, 1)
  news.back(news.take())
  news.defy(7, 1)
  expect(news.take().defied).toEqual([{ uid: 7, device: 1, count: 4 }])
})
