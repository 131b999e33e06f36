/** The command line: `ossagent rules apply | diff`. */
import { Command } from "commander"
import { readTokenSetting } from "./config.ts"
import { type DoorOptions, openDoor, UsageError } from "./door.ts"
import { apply, describe, FILES, readChanges, readRuleFiles } from "./rules.ts"

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

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
