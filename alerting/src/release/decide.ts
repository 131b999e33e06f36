/** What becomes of a release: from what its processes say and its judgement. Pure. */
import type { Judgement, Release } from "@ossagent/wire"
import type { Instance } from "./read.ts"

/** In vain for so long: no process takes the release up. */
const LOAD_MS = 60_000

export type Move =
  | { act: "stay"; why: string }
  | { act: "begin"; why: string }
  | { act: "step"; step: number; why: string }
  | { act: "hold"; why: string }
  | { act: "done"; why: string }
  | { act: "roll_back"; why: string }

/** Why processes put the new version out, or could not load it, in this release. */
export const toCrashes = ({ id, version }: Pick<Release, "id" | "version">, instances: readonly Instance[]): string[] =>
  instances.flatMap(({ body }) =>
    body.versions
      .filter(
        (one) => one.version === version && one.release === id && (one.state === "put_out" || one.state === "failed"),
      )
      .map(({ why }) => why),
  )

/** Before the first step: every process must have loaded it. */
export function decideBegin(release: Release, instances: readonly Instance[], now: number): Move {
  const [crash] = toCrashes(release, instances)
  if (crash !== undefined) return { act: "roll_back", why: crash }
  const ready = instances.filter(({ body }) =>
    body.versions.some(({ version, state }) => version === release.version && state === "ready"),
  )
  if (instances.length > 0 && ready.length === instances.length)
    return { act: "begin", why: `${ready.length} of ${instances.length} processes have loaded it` }
  const why = `${ready.length} of ${instances.length} processes have loaded it`
  if (now - release.startedAt > LOAD_MS) return { act: "roll_back", why: `${why} within ${LOAD_MS / 1_000} s` }
  return { act: "stay", why }
}

/** While it runs. An experiment is held at its ratio whatever its figures are; a version that is put out ends it all the same. */
export function decideStep({ experiment, steps, step, state }: Release, { verdict, why, metrics }: Judgement): Move {
  const crashed = metrics.some((one) => one.metric === "crashes" && one.verdict === "worse")
  if (experiment && !crashed) return { act: "stay", why: "an experiment: held until it is ended" }
  if (verdict === "roll_back") return { act: "roll_back", why }
  if (verdict === "go_on" && step + 1 < steps.length) return { act: "step", step: step + 1, why }
  if (verdict === "go_on") return { act: "done", why }
  if (verdict === "hold" && state !== "held") return { act: "hold", why }
  return { act: "stay", why }
}
