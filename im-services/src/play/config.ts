import { type ConfigOf, setting, whole } from "@ossagent/svrkit"
import { LOGIC_SETTINGS } from "@ossagent/svrkit/logic"
import { STORE_SETTINGS } from "../datastore/config.ts"
import { targetsOf } from "../targets.ts"

/** Settings of play, besides those of every service. Limits of what people may do stand in its logic. */
export const PLAY_SETTINGS = {
  ...STORE_SETTINGS,
  ...LOGIC_SETTINGS,
  auth: targetsOf("auth"),
  message: targetsOf("message"),
  social: targetsOf("social"),
  nearbyMin: setting(
    "OSSAGENT_PLAY_NEARBY_MIN",
    whole(10, 1, 1_440),
    "who asked for people nearby is seen by others for so long, min; default 10",
  ),
}

export type PlayConfig = ConfigOf<typeof PLAY_SETTINGS>
