import { readFileSync } from "node:fs"
import { createAgent } from "@ossagent/agent"
import { Command, CommanderError } from "commander"
import type { Field, FieldType, MethodModel, ServiceModel, Struct } from "../describe/model.ts"
import { parseService } from "../describe/service.ts"
import { compileTable } from "../generate/compile.ts"
import { Channel } from "../rpc/channel.ts"
import { RpcError } from "../rpc/errors.ts"
import { UsageError } from "./usage.ts"
import { fromText, toJson } from "./values.ts"

const OWN = new Set(["target", "timeout", "as", "json", "help"])

/** Calls one method as the command line says. Answers JSON: the reply, or the error with `ok` false; or help. */
export async function call(
  file: string,
  method: string | undefined,
  rest: readonly string[],
): Promise<{ text: string; ok: boolean }> {
  if (file === "--help" || file === "-h")
    return { text: "svrkit call FILE.xml METHOD --field value … --target host:port", ok: true }
  const model = parseService(file, readFileSync(file, "utf8"))
  if (method === undefined || method.startsWith("-")) return { text: methodsText(file, model), ok: true }
  const found = model.methods.find(({ name }) => name.toLowerCase() === method.toLowerCase())
  if (found === undefined) throw new UsageError(`${model.name} has no method ${method}\n${methodsText(file, model)}`)
  const command = commandOf(file, model, found)
  try {
    command.parse([...rest], { from: "user" })
  } catch (error) {
    if (error instanceof CommanderError && error.code === "commander.helpDisplayed")
      return { text: command.helpInformation(), ok: true }
    throw new UsageError((error as Error).message)
  }
  return send(model, found, command.opts())
}

function methodsText(file: string, model: ServiceModel): string {
  const lines = model.methods.map(
    ({ name, request, reply, doc }) => `  ${name}(${request}) → ${reply}${doc === "" ? "" : `   ${doc}`}`,
  )
  return [
    `svrkit call ${file} METHOD --field value … --target host:port`,
    "",
    `${model.name}: ${model.doc}`,
    ...lines,
  ].join("\n")
}

const requestOf = (model: ServiceModel, method: MethodModel): Struct =>
  model.structs.find(({ name }) => name === method.request) as Struct

function commandOf(file: string, model: ServiceModel, method: MethodModel): Command {
  const command = new Command(`svrkit call ${file} ${method.name}`)
    .description(method.doc)
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    .option("--target <host:port...>", "where the service is", ["127.0.0.1:7500"])
    .option("--timeout <ms>", "deadline", String(method.timeoutMs))
    .option("--as <name>", "name to call as", "svrkit-call")
    .option("--json <object>", "the request, or a part of it, as JSON; bytes in base64")
    .addHelpText("after", "\nThe secret comes from OSSAGENT_RPC_TOKEN.")
  for (const field of requestOf(model, method).fields) {
    if (!OWN.has(field.name))
      command.option(
        `--${field.name} <${typeText(field.type)}${field.occurs === "many" && field.type.is !== "map" ? "..." : ""}>`,
        field.doc,
      )
  }
  return command
}

const typeText = (type: FieldType): string =>
  type.is === "scalar"
    ? type.scalar === "bytes"
      ? "base64"
      : type.scalar
    : type.is === "enum"
      ? type.name
      : `${type.is === "map" ? "map" : type.name} as JSON`

async function send(
  model: ServiceModel,
  { name, timeoutMs }: MethodModel,
  options: Record<string, unknown>,
): Promise<{ text: string; ok: boolean }> {
  // biome-ignore lint/style/noProcessEnv: a secret has no place on a command line, which others can read
  const token = process.env.OSSAGENT_RPC_TOKEN
  if (token === undefined)
    throw new UsageError("OSSAGENT_RPC_TOKEN is unset: the service wants the secret that services share")
  const method = model.methods.find((one) => one.name === name) as MethodModel
  const request = toRequest(model, requestOf(model, method), options)
  const table = compileTable(model)
  const agent = createAgent({
    service: "svrkit-call",
    collector: "http://127.0.0.1:9",
    key: "unset",
    spool: false,
    builtIn: false,
    onTrouble: () => undefined,
  })
  let trouble = ""
  const channel = new Channel({
    table,
    targets: options.target as string[],
    credential: { name: String(options.as), token },
    agent,
    onTrouble: (message) => {
      trouble = message
    },
  })
  try {
    const timeout = Number(options.timeout ?? timeoutMs)
    if (!(timeout > 0)) throw new UsageError(`--timeout must be a number of ms, not ${JSON.stringify(options.timeout)}`)
    const entry = table.methods.find((one) => one.name === name) as (typeof table.methods)[number]
    const reply = await channel.call(entry, request, { timeoutMs: timeout })
    return { text: JSON.stringify(toJson(reply), null, 2), ok: true }
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    const { code, message, retry } = error
    const why = code === "unavailable" && trouble !== "" ? trouble : message
    return { text: JSON.stringify({ error: { code, message: why, retry } }, null, 2), ok: false }
  } finally {
    channel.stop()
    await agent.stop(0)
  }
}

function toRequest(model: ServiceModel, struct: Struct, options: Record<string, unknown>): Record<string, unknown> {
  let given: Record<string, unknown> = {}
  if (options.json !== undefined) {
    try {
      given = JSON.parse(String(options.json)) as Record<string, unknown>
    } catch (error) {
      throw new UsageError(`--json is no JSON: ${(error as Error).message}`)
    }
  }
  const value = (field: Field): unknown => (OWN.has(field.name) ? undefined : options[field.name])
  for (const field of struct.fields) if (value(field) !== undefined) given[field.name] = value(field)
  return fromText(model, struct, given, struct.name)
}
