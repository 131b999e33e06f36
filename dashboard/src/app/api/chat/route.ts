import type { ChatSettings } from "../../../chat/settings.ts"
import { readConfig } from "../../../config.ts"
import { guarded } from "../../../door/guard.ts"

export const GET = guarded("viewer", async () => {
  const { chatDispatchUrl: dispatch, chatAppKey: appKey } = readConfig()
  const settings: ChatSettings = dispatch === undefined || appKey === undefined ? null : { dispatch, appKey }
  return Response.json({ settings })
})
