"use client"
import type { OutboxMail } from "@ossagent/wire"
import useSWR from "swr"
import useSWRInfinite from "swr/infinite"
import { call } from "../question/ask.ts"

const EVERY_MS = 5_000
const LIMIT = 50

interface MailPage {
  mails: OutboxMail[]
  nextBefore: string | null
}

export type WholeMail = OutboxMail & { html: string; text: string }

/** Mails, newest first, a page more with each `more`. */
export function useOutbox() {
  const { data, error, size, setSize, mutate, isValidating } = useSWRInfinite<MailPage, Error>(
    (_, last: MailPage | null) => {
      if (last && last.nextBefore === null) return null
      const before = last?.nextBefore ? `&before=${encodeURIComponent(last.nextBefore)}` : ""
      return `/api/alerting/outbox?limit=${LIMIT}${before}`
    },
    (path: string) => call<MailPage>(path),
    { refreshInterval: EVERY_MS },
  )
  const mails = new Map(data?.flatMap((page) => page.mails.map((mail): [string, OutboxMail] => [mail.id, mail])))
  return {
    mails: data ? [...mails.values()] : null,
    error: error ?? null,
    busy: isValidating && (data?.length ?? 0) < size,
    more: data?.at(-1)?.nextBefore ? () => void setSize(size + 1) : null,
    refresh: () => void mutate(),
  }
}

export function useMail(id: string) {
  const { data, error, mutate } = useSWR<{ mail: WholeMail }, Error>(
    `/api/alerting/outbox/${encodeURIComponent(id)}`,
    (path: string) => call<{ mail: WholeMail }>(path),
    { revalidateOnFocus: false },
  )
  return { mail: data?.mail ?? null, error: error ?? null, refresh: () => void mutate() }
}
