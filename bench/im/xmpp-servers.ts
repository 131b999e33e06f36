/**
 * Debian's ejabberd and prosody, each with a configuration of its own in a directory that goes: accounts by password without TLS, stream
 * management, every message into the archive, no limits of rate.
 */
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { freePort } from "./product.ts"
import { XmppConnection } from "./xmpp-people.ts"

const run = promisify(execFile)
export const PASSWORD = "a-password-for-load"

export interface XmppServer {
  name: string
  version: string
  port: number
  /** Makes accounts. */
  register: (names: readonly string[]) => Promise<void>
  /** CPU seconds that it used so far. */
  stop: () => Promise<void>
}

export const isInstalled = (): boolean => existsSync("/usr/sbin/ejabberdctl") && existsSync("/usr/bin/prosody")

const EJABBERD = (port: number): string => `
hosts: [localhost]
loglevel: error
auth_method: internal
auth_password_format: plain
listen:
  - {port: ${port}, ip: "127.0.0.1", module: ejabberd_c2s, max_stanza_size: 262144, starttls: false}
shaper: {}
acl: {}
modules:
  mod_stream_mgmt: {resend_on_timeout: false, max_ack_queue: infinity}
  mod_mam: {default: always, db_type: mnesia, assume_mam_usage: true}
  mod_offline: {}
  mod_ping: {}
  mod_roster: {}
  mod_register: {ip_access: all, access: all, captcha_protected: false}
registration_timeout: infinity
`

export async function startEjabberd(): Promise<XmppServer> {
  const directory = await mkdtemp(join(tmpdir(), "bench-ejabberd-"))
  await chmod(directory, 0o777)
  const port = await freePort()
  const config = join(directory, "ejabberd.yml")
  await writeFile(config, EJABBERD(port))
  await copyFile("/etc/ejabberd/inetrc", join(directory, "inetrc"))
  for (const name of ["spool", "logs"]) {
    await mkdir(join(directory, name))
    await chmod(join(directory, name), 0o777)
  }
  const node = `bench${port}@localhost`
  const flags = [
    "--node",
    node,
    "--config-dir",
    directory,
    "--spool",
    join(directory, "spool"),
    "--logs",
    join(directory, "logs"),
  ]
  const child = spawn("ejabberdctl", [...flags, "foreground"], { stdio: "ignore" })
  const call = (...command: string[]) => run("ejabberdctl", [...flags, ...command])
  for (let i = 0; ; i++) {
    if (
      await call("status").then(
        () => true,
        () => false,
      )
    )
      break
    if (i > 60) throw new Error("ejabberd did not start")
    await sleep(500)
  }
  const { stdout } = await run("dpkg-query", ["-W", "-f=$" + "{Version}", "ejabberd"])
  return {
    name: "ejabberd",
    version: stdout,
    port,
    register: async (names) => {
      // By the protocol: the command line starts an Erlang for each account.
      for (const name of names) await XmppConnection.register(port, { name, password: PASSWORD })
    },
    stop: async () => {
      const ended = once(child, "exit")
      await call("stop").catch(() => child.kill("SIGKILL"))
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const PROSODY = (port: number, directory: string): string => `
run_as_root = true
daemonize = false
pidfile = "${directory}/prosody.pid"
data_path = "${directory}/data"
log = { error = "${directory}/prosody.err" }
modules_enabled = { "roster", "saslauth", "disco", "smacks", "mam", "ping", "offline" }
modules_disabled = { "s2s", "tls", "limits" }
authentication = "internal_plain"
storage = "internal"
default_archive_policy = true
archive_expires_after = "never"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
smacks_max_unacked_stanzas = 100000
smacks_max_queue_size = 100000
storage_archive_item_limit = 10000000
c2s_ports = { ${port} }
c2s_interfaces = { "127.0.0.1" }
VirtualHost "localhost"
`

export async function startProsody(): Promise<XmppServer> {
  const directory = await mkdtemp(join(tmpdir(), "bench-prosody-"))
  await chmod(directory, 0o777)
  await mkdir(join(directory, "data"))
  await chmod(join(directory, "data"), 0o777)
  const port = await freePort()
  const config = join(directory, "prosody.cfg.lua")
  await writeFile(config, PROSODY(port, directory))
  const child = spawn("prosody", ["--config", config, "-F"], { stdio: "ignore" })
  const { stdout } = await run("dpkg-query", ["-W", "-f=$" + "{Version}", "prosody"])
  await sleep(2_000)
  if (child.exitCode !== null) throw new Error("prosody did not start")
  return {
    name: "prosody",
    version: stdout,
    port,
    register: async (names) => {
      for (const name of names) await run("prosodyctl", ["--config", config, "register", name, "localhost", PASSWORD])
    },
    stop: async () => {
      const ended = once(child, "exit")
      child.kill("SIGTERM")
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}
