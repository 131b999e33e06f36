import { existsSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const MOST_FOLDERS = 1_000

/**
 * Files as the project names them: relative to the application's package; of a package beside it, with that one's folder; of a dependency,
 * from `node_modules` on. The same on every machine and in every release folder.
 */
export class Roots {
  private readonly app: string
  private readonly known = new Map<string, string | null>()

  /** @param app a folder inside the application's package */
  constructor(app: string) {
    this.app = this.rootOf(app) ?? app
  }

  /** @param file an absolute path or a `file:` url; others come back as they are */
  relative(file: string): string {
    const path = toPath(file)
    const dependency = path.lastIndexOf("/node_modules/")
    if (dependency >= 0) return path.slice(dependency + 1)
    if (!/^(\/|[a-z]:\/)/i.test(path)) return path
    const root = this.rootOf(dirname(path))
    if (root === null) return inside(this.app, path) ?? path.split("/").slice(-3).join("/")
    const rest = path.slice(root.length + 1)
    return root === this.app ? rest : `${basename(root)}/${rest}`
  }

  /** The nearest folder above with a `package.json`; each folder is looked at once. */
  private rootOf(folder: string): string | null {
    const known = this.known.get(folder)
    if (known !== undefined) return known
    if (this.known.size >= MOST_FOLDERS) this.known.clear()
    const above = dirname(folder)
    const root = existsSync(join(folder, "package.json")) ? folder : above === folder ? null : this.rootOf(above)
    this.known.set(folder, root)
    return root
  }
}

const inside = (folder: string, path: string): string | null =>
  path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null

function toPath(file: string): string {
  if (!file.startsWith("file:")) return file.replaceAll("\\", "/")
  try {
    return fileURLToPath(file).replaceAll("\\", "/")
  } catch {
    return file
  }
}

/** Where the application is: its main script's folder, else the working directory. */
export const appFolder = (): string => (process.argv[1] ? dirname(resolve(process.argv[1])) : process.cwd())
