"use client"
import type { OnCallDocuments, OnCallKind, Stored } from "@ossagent/wire"
import { useCallback } from "react"
import useSWR, { useSWRConfig } from "swr"
import { call } from "../question/ask.ts"

/** What is set up about people, as it is stored. */
export type Item<K extends OnCallKind> = OnCallDocuments[K] & Stored & { hasSecret?: boolean }

const EVERY_MS = 20_000
const ROOT = "/api/alerting/oncall"

/** Every document of a kind; null while they are on their way. */
export function useDocuments<K extends OnCallKind>(kind: K) {
  const { data, error, mutate } = useSWR<{ items: Item<K>[] }, Error>(
    `${ROOT}/${kind}`,
    (path: string) => call<{ items: Item<K>[] }>(path),
    { refreshInterval: EVERY_MS },
  )
  return { items: data?.items ?? null, error: error ?? null, refresh: () => void mutate() }
}

/** Changes documents, and brings what shows them up to date. Each throws AskError. */
export function useDocumentActs() {
  const { mutate } = useSWRConfig()
  const renew = useCallback(() => mutate((key) => typeof key === "string" && key.startsWith(ROOT)), [mutate])
  const save = useCallback(
    async <K extends OnCallKind>(kind: K, id: string | null, body: OnCallDocuments[K]): Promise<Item<K>> => {
      const path = id === null ? `${ROOT}/${kind}` : `${ROOT}/${kind}/${id}`
      const { item } = await call<{ item: Item<K> }>(path, { method: id === null ? "POST" : "PUT", body })
      await renew()
      return item
    },
    [renew],
  )
  const remove = useCallback(
    async (kind: OnCallKind, id: string): Promise<void> => {
      await call(`${ROOT}/${kind}/${id}`, { method: "DELETE" })
      await renew()
    },
    [renew],
  )
  return { save, remove }
}

/** The document without what storing added. */
export function toDocument<K extends OnCallKind>(item: Item<K>): OnCallDocuments[K] {
  const { id: _id, builtIn: _builtIn, updatedAt: _at, updatedBy: _by, hasSecret: _secret, ...document } = item
  return document as unknown as OnCallDocuments[K]
}
