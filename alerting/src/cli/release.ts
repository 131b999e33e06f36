/** `ossagent release start | status | abort`: logic versions go out by steps, from the command line. */
import { userInfo } from "node:os"
import type { LogicModuleState, NewRelease, Release, ReleasePage } from "@ossagent/wire"
import { type Command, InvalidArgumentError } from "commander"
import { type AlertingDoor, type DoorOptions, openDoor, UsageError } from "./door.ts"
import { toAge, toLines, toPercent, toReport } from "./release-words.ts"

interface Surroundings {
  say: (line: string) => void
  token: () => string | undefined
}

interface StartOptions extends DoorOptions {
  steps?: number[]
  ratio?: number
  versions: string[]
  region: string[]
  users: string[]
  experiment?: boolean
  stepSec?: number
  minSamples?: number
}

const toList = (text: string): string[] =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")

function toRatio(text: string): number {
  const percent = Number(text.replace(/%$/, ""))
  if (!(percent > 0 && percent <= 100)) throw new InvalidArgumentError("percents are more than 0 and at most 100")
  return percent / 100
}

function toWhole(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("must be a whole number from 1 up")
  return number
}

export function addReleaseCommands(program: Command, { say, token }: Surroundings): void {
  const release = program.command("release").description("versions of logic, out by steps")
  const open = (options: DoorOptions) =>
    openDoor({ ...options, token: token() }, `${userInfo().username}, command line`)
  const withDoor = (name: string, description: string): Command =>
    release
      .command(name)
      .description(description)
      .option("--url <url>", "alerting service", "http://127.0.0.1:7072")
      .option("--data <folder>", "data folder of an installation on this machine: the token is read there")
      .addHelpText("after", "\nThe token is taken from OSSAGENT_ALERTING_TOKEN, or from --data.")

  withDoor("start", "release a version of a module, or begin an experiment with it")
    .argument("<module>", "as `ossagent release status` lists them")
    .argument("<version>", "one of its versions that are there")
    .option("--steps <percents>", "percent of users, each more than the one before; default 1,5,20,100", (text) =>
      toList(text).map(toRatio),
    )
    .option("--versions <list>", "only users of these client versions", toList, [])
    .option("--region <list>", "only users of these regions", toList, [])
    .option("--users <list>", "these users get it in any case, and are not judged", toList, [])
    .option("--experiment", "hold it at --ratio until it is ended, and report the difference")
    .option("--ratio <percent>", "percent of users in the experiment", toRatio)
    .option("--step-sec <seconds>", "a step lasts so long at least; default 300", toWhole)
    .option("--min-samples <calls>", "and until each side has so many calls; default 2000", toWhole)
    .action(async (module: string, version: string, options: StartOptions) => {
      const body = toNewRelease(module, version, options)
      const { release: started } = await open(options).call<{ release: Release }>("POST", "/v1/releases", body)
      say(`release ${started.id}: ${module} ${version} after ${started.from}, ${toSteps(started)}`)
    })

  withDoor("status", "what runs, and how far releases are")
    .argument("[what]", "a module, or a release's number: then with its judgement")
    .action(async (what: string | undefined, options: DoorOptions) => {
      for await (const line of toStatus(open(options), what)) say(line)
    })

  withDoor("abort", "put all calls back on the old version, or end an experiment")
    .argument("<what>", "a module, or a release's number")
    .option("--note <why>", "for the timeline and the audit")
    .action(async (what: string, { note, ...options }: DoorOptions & { note?: string }) => {
      const door = open(options)
      const id = await findOpen(door, what)
      const body = note === undefined ? {} : { note }
      const { release: after } = await door.call<{ release: Release }>("POST", `/v1/releases/${id}/abort`, body)
      say(`release ${id} of ${after.module} ${after.version} is aborted: ${after.from} takes all calls`)
    })
}

function toNewRelease(module: string, version: string, options: StartOptions): NewRelease {
  const { steps, ratio, versions, region, users, experiment, stepSec, minSamples } = options
  if (experiment && ratio === undefined) throw new UsageError("cannot begin an experiment without --ratio")
  if (experiment && steps) throw new UsageError("cannot take --steps for an experiment: it is held at --ratio")
  if (!experiment && ratio !== undefined) throw new UsageError("cannot take --ratio without --experiment: see --steps")
  const wanted = experiment ? [ratio as number] : steps
  return {
    module,
    version,
    audience: { versions, regions: region, users },
    ...(wanted ? { steps: wanted } : {}),
    ...(experiment ? { experiment } : {}),
    ...(stepSec ? { stepSec } : {}),
    ...(minSamples ? { minSamples } : {}),
  }
}

const toSteps = ({ steps, experiment }: Release): string =>
  experiment ? `an experiment at ${toPercent(steps[0] ?? 0)}` : `steps ${steps.map(toPercent).join(", ")}`

const isNumber = (what: string): boolean => /^[1-9]\d*$/.test(what)

async function* toStatus(door: AlertingDoor, what: string | undefined): AsyncGenerator<string> {
  if (what !== undefined && isNumber(what)) {
    yield* toReport(await door.call<ReleasePage>("GET", `/v1/releases/${what}`))
    return
  }
  const { modules } = await door.call<{ modules: LogicModuleState[] }>("GET", "/v1/logic")
  const known = modules.filter(({ module }) => what === undefined || module === what)
  if (known.length === 0)
    throw new UsageError(
      what === undefined
        ? "no service has reported logic"
        : `cannot find module ${what}: there are ${modules.map(({ module }) => module).join(", ") || "none"}`,
    )
  for (const module of known) {
    yield* toLines(module)
    const { releases } = await door.call<{ releases: Release[] }>("GET", `/v1/releases?module=${module.module}&limit=5`)
    for (const one of releases)
      yield `  release ${one.id}: ${one.version}, ${one.state.replace("_", " ")}${one.endedAt === null ? ` at ${toPercent(one.steps[one.step] ?? 0)}` : ` ${toAge(one.endedAt)} ago`}: ${one.why}`
  }
}

async function findOpen(door: AlertingDoor, what: string): Promise<string> {
  if (isNumber(what)) return what
  const { releases } = await door.call<{ releases: Release[] }>(
    "GET",
    `/v1/releases?module=${encodeURIComponent(what)}&limit=1`,
  )
  const [newest] = releases
  if (newest === undefined || newest.endedAt !== null)
    throw new UsageError(`cannot abort: ${what} has no release under way`)
  return newest.id
}
