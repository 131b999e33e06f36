import { readFileSync } from "node:fs"
import type { NewRule, Rule } from "@ossagent/wire"
import { type Change, readRuleFile, toChanges } from "../rule/file.ts"
import { type AlertingDoor, UsageError } from "./door.ts"

/** Makes changes for files; see `updatedBy` of rules. */
export const FILES = "rule files"

/** Rules of all files. Throws UsageError with every fault, a line each: `rules.yaml:12:5 threshold.value: …`. */
export function readRuleFiles(paths: readonly string[]): NewRule[] {
  const faults: string[] = []
  const rules: NewRule[] = []
  for (const path of paths) {
    const read = readRuleFile(tryRead(path))
    faults.push(...read.faults.map(({ line, column, message }) => `${path}:${line}:${column} ${message}`))
    for (const { line, rule } of read.rules) {
      if (rules.some(({ name }) => name === rule.name))
        faults.push(`${path}:${line}:1 name: ${rule.name} is in two files`)
      rules.push(rule)
    }
  }
  if (faults.length > 0) throw new UsageError(faults.join("\n"))
  return rules
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`)
  }
}

export async function readChanges(door: AlertingDoor, wanted: readonly NewRule[]): Promise<Change[]> {
  const { rules } = await door.call<{ rules: Rule[] }>("GET", "/v1/rules")
  return toChanges(wanted, rules, FILES)
}

export function describe(change: Change): string {
  if (change.act === "create") return `+ ${change.rule.name}`
  if (change.act === "remove") return `- ${change.name}`
  return `~ ${change.rule.name}: ${change.fields.join(", ")}`
}

export async function apply(door: AlertingDoor, change: Change): Promise<void> {
  if (change.act === "create") await door.call("POST", "/v1/rules", change.rule)
  else if (change.act === "change") await door.call("PUT", `/v1/rules/${change.id}`, change.rule)
  else await door.call("DELETE", `/v1/rules/${change.id}`)
}
