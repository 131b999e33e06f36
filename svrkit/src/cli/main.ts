/** The command line: `svrkit new`, `svrkit generate`, `svrkit call`. */
import { Command } from "commander"
import { DescriptionError } from "../describe/model.ts"
import { call } from "./call.ts"
import { createService } from "./create.ts"
import { generate } from "./generate.ts"
import { UsageError } from "./usage.ts"

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const program = new Command("svrkit")
  .description("Services described in XML: made, generated, called.")
  .enablePositionalOptions()

program
  .command("new")
  .description("make a service: its folder, description, generated files, one function to fill in, main")
  .argument("<name>", "like shop or shop-front")
  .option("--in <directory>", "where the folder is made", ".")
  .action((name: string, options: { in: string }) => {
    for (const line of createService(name, options.in)) say(line)
  })

program
  .command("generate")
  .description("write the generated files of descriptions; without paths of all whose generated/ folder is there")
  .argument("[paths...]", "XML files")
  .option("--check", "write nothing; fail when a generated file is not current")
  .action((paths: string[], options: { check?: boolean }) => {
    const { lines, current } = generate(paths, options.check ?? false)
    for (const line of lines) say(line)
    if (!current) process.exitCode = 1
  })

program
  .command("call")
  .description("call one method of a service; `svrkit call FILE.xml --help` lists them, `… METHOD --help` their fields")
  .argument("<file>", "the service's XML")
  .argument("[method]")
  .argument("[fields...]")
  .passThroughOptions()
  .helpOption(false)
  .allowUnknownOption()
  .action(async (file: string, method: string | undefined, fields: string[]) => {
    const { text, ok } = await call(file, method, fields)
    say(text)
    if (!ok) process.exitCode = 1
  })

try {
  await program.parseAsync()
} catch (error) {
  const known =
    error instanceof DescriptionError || error instanceof UsageError || (error as { code?: string }).code === "ENOENT"
  process.stderr.write(`svrkit: ${known ? (error as Error).message : ((error as Error).stack ?? error)}\n`)
  process.exitCode = 1
}
