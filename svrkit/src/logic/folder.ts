import { existsSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

/** A name of a module or version: it becomes a part of a path. */
export const isVersion = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)

export const toModuleUrl = (dir: string, module: string, version: string): string =>
  pathToFileURL(join(dir, module, version, "index.js")).href

/** Versions of a module that are there, oldest first: `1.10` comes after `1.9`. A folder that cannot be read has none. */
export async function findVersions(dir: string, module: string): Promise<string[]> {
  const names = await readdir(join(dir, module)).catch(() => [])
  return names
    .filter((name) => isVersion(name) && existsSync(join(dir, module, name, "index.js")))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
}
