/** The command line: `ossagent rules apply | diff | test`, `ossagent release start | status | abort`. */
import { Command } from "commander"
import { readTokenSetting } from "./config.ts"
import { type DoorOptions, openDoor, UsageError } from "./door.ts"
import { addReleaseCommands } from "./release.ts"
import { apply, describe, FILES, readChanges, readRuleFiles } from "./rules.ts"
import { testRules } from "./test.ts"

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const program = new Command("ossagent").description("OssAgent from the command line.")
const rules = program.command("rules").description("rules as YAML files")

const withDoor = (name: string, description: string): Command =>
  rules
    .command(name)
    .description(description)
    .argument("<files...>", "YAML files with a list named rules")
    .option("--url <url>", "alerting service", "http://127.0.0.1:7072")
    .option("--data <folder>", "data folder of an installation on this machine: the token is read there")
    .addHelpText("after", "\nThe token is taken from OSSAGENT_ALERTING_TOKEN, or from --data.")

const open = (options: DoorOptions) => openDoor({ ...options, token: readTokenSetting() }, FILES)

withDoor("diff", "say what apply would change; exit code 1 when there is something").action(
  async (files: string[], options: DoorOptions) => {
    const changes = await readChanges(open(options), readRuleFiles(files))
    for (const change of changes) say(describe(change))
    if (changes.length === 0) say("nothing to change")
    else process.exitCode = 1
  },
)

withDoor("apply", "make the rules those of the files; rules that were made by hand stay").action(
  async (files: string[], options: DoorOptions) => {
    const door = open(options)
    const changes = await readChanges(door, readRuleFiles(files))
    for (const change of changes) {
      await apply(door, change)
      say(describe(change))
    }
    say(`${changes.length} changed`)
  },
)

withDoor("test", "replay the rules over stored history and say what would have fired")
  .option("--days <days>", "how far back", "1")
  .action(async (files: string[], options: DoorOptions & { days: string }) => {
    const days = Number(options.days)
    if (!(days > 0 && days <= 30)) throw new UsageError(`cannot replay ${options.days} days: 0 to 30 can be`)
    for await (const line of testRules(open(options), readRuleFiles(files), days)) say(line)
  })

addReleaseCommands(program, { say, token: readTokenSetting })

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
