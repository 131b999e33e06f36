import { setting, whole } from "@ossagent/svrkit"
import { z } from "zod"
import { STORE_SETTINGS } from "../datastore/config.ts"
import { targetsOf } from "../targets.ts"
import { mailboxSettings } from "./route.ts"

export interface SetDatabase {
  set: number
  url: string
}

/** `0=postgres://…,1=postgres://…`: the SETs of this process and their databases. */
const databases = z
  .string()
  .transform((text, context): SetDatabase[] => {
    const parsed = text.split(",").map((part) => /^(\d{1,4})=(postgres(?:ql)?:\/\/.+)$/.exec(part.trim()))
    if (parsed.some((match) => match === null))
      context.addIssue({ code: "custom", message: "must be like 0=postgres://…,1=postgres://…" })
    return parsed.flatMap((match) => (match === null ? [] : [{ set: Number(match[1]), url: match[2] as string }]))
  })
  .refine((list) => new Set(list.map(({ set }) => set)).size === list.length, "names a SET twice")

export const mailboxConfig = {
  ...mailboxSettings,
  seq: targetsOf("seq"),
  ...STORE_SETTINGS,
  databases: setting(
    "MAILBOX_DATABASES",
    databases,
    "SETs of this process and where each is stored: 0=postgres://…,1=postgres://…",
    {
      secret: true,
    },
  ),
  recentMb: setting(
    "MAILBOX_RECENT_MB",
    whole(128, 1, 65_536),
    "memory for what was stored of late, in MB over all SETs; default 128",
  ),
  async: targetsOf("async"),
}
