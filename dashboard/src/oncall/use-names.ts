"use client"
import type { Target } from "@ossagent/wire"
import { useDocuments } from "../document/use-documents.ts"

export interface Option {
  value: string
  label: string
}

/** What people, schedules, channels and policies are called; what is gone is shown by its number. */
export function useNames() {
  const contacts = toOptions(useDocuments("contact").items)
  const schedules = toOptions(useDocuments("schedule").items)
  const channels = toOptions(useDocuments("channel").items)
  const policies = toOptions(useDocuments("policy").items)
  const lists = { contact: contacts, schedule: schedules, channel: channels, policy: policies }
  const nameOf = (kind: Target["kind"] | "policy", id: string): string =>
    lists[kind].find(({ value }) => value === id)?.label ?? `${kind} ${id}`
  return { ...{ contacts, schedules, channels, policies }, nameOf }
}

const toOptions = (items: readonly { id: string; name: string }[] | null): Option[] =>
  (items ?? []).map(({ id, name }) => ({ value: id, label: name }))
