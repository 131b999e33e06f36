/**
 * The system under the storm: every service in processes of its own, some twice, ways in front of the accesses and the mailboxes, a durable
 * PostgreSQL. Everything is on loopback, at ports that were free.
 */
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { toLocalEnv } from "../../layout.ts"
import { Address } from "./address.ts"
import { Database } from "./database.ts"
import { Ports } from "./ports.ts"
import { type ProcessPlan, ServiceProcess } from "./process.ts"
import type { Blow, Targets } from "./schedule.ts"
import { openWay, type Way } from "./way.ts"

/** Processes of each service. Of the mailboxes half stand by: each SET has two. */
const COUNTS = {
  datastore: 3,
  seq: 2,
  mailbox: 4,
  spam: 1,
  auth: 1,
  social: 1,
  message: 2,
  async: 2,
  dispatch: 1,
  access: 2,
} as const
type Service = keyof typeof COUNTS
export const SETS = COUNTS.mailbox / 2

/** Engines of the stores, one in each datastore. */
const ENGINES = ["a", "b", "c"]
const NAMES = (Object.keys(COUNTS) as Service[]).flatMap((service) => namesOf(service))
const SET_NAMES = Array.from({ length: SETS }, (_, set) => `set-${set}`)
/** Services that are called on a way that can misbehave. */
const BEHIND_WAYS = ["datastore", "seq", "social", "message"] as const
const WAYS = [...namesOf("access"), ...SET_NAMES, ...BEHIND_WAYS.flatMap(namesOf)].map((name) => `to-${name}`)
/** What a schedule may strike. */
export const TARGETS: Targets = { processes: NAMES, ways: WAYS }

function namesOf(service: Service): string[] {
  const count: number = COUNTS[service]
  return Array.from({ length: count }, (_, i) => (count === 1 ? service : `${service}-${i + 1}`))
}

/** The SET of a mailbox's process. */
const setOf = (name: string): number => (Number(name.split("-")[1]) - 1) % SETS

/** Ports by the name of the process. */
interface Where {
  rpc: ReadonlyMap<string, number>
  http: ReadonlyMap<string, number>
  tcp: ReadonlyMap<string, number>
}

export interface SystemOptions {
  dir: string
  /** Told of what no storm explains. */
  onTrouble: (message: string) => void
}

export class System {
  readonly appKey = randomUUID()
  dispatchUrl = ""
  databaseUrl = ""
  private readonly options: SystemOptions
  private readonly ports = new Ports()
  private database: Database | null = null
  private readonly processes = new Map<string, ServiceProcess>()
  private readonly ways = new Map<string, Way>()
  private readonly addresses: Address[] = []

  constructor(options: SystemOptions) {
    this.options = options
  }

  async start(): Promise<void> {
    this.database = new Database(join(this.options.dir, "postgres"), await this.ports.next())
    this.databaseUrl = await this.database.start()
    const plans = await this.plan()
    this.dispatchUrl = `http://127.0.0.1:${plans[0]?.env.DISPATCH_HTTP_PORT}`
    await Promise.all(plans.map((plan) => this.startOne(plan)))
    await this.calm() // what ended at its start is started again
  }

  private async startOne(plan: ProcessPlan): Promise<void> {
    const { dir, onTrouble } = this.options
    const process = new ServiceProcess(plan, join(dir, `${plan.name}.log`), onTrouble)
    this.processes.set(plan.name, process)
    await process.start()
  }

  /** Who is where: ports, ways, and the settings that say so. */
  private async plan(): Promise<ProcessPlan[]> {
    const at: Where = {
      rpc: await this.ports.for(NAMES),
      http: await this.ports.for(NAMES),
      tcp: await this.ports.for(namesOf("access")),
    }
    for (const name of namesOf("access")) await this.addWay(name, () => at.tcp.get(name) as number)
    for (const name of BEHIND_WAYS.flatMap(namesOf)) await this.addWay(name, () => at.rpc.get(name) as number)
    for (const [set, name] of SET_NAMES.entries()) {
      const candidates = namesOf("mailbox")
        .filter((mailbox) => setOf(mailbox) === set)
        .map((mailbox) => ({ port: at.rpc.get(mailbox) as number, httpPort: at.http.get(mailbox) as number }))
      const address = new Address(candidates, () => this.ways.get(`to-${name}`)?.cut())
      this.addresses.push(address)
      await this.addWay(name, () => address.port)
    }
    const common = this.toCommonEnv(at)
    return NAMES.map((name) => ({
      ...{ name, service: name.split("-")[0] as string },
      env: { ...common, ...this.toOwnEnv(name, common, at) },
    }))
  }

  private async addWay(name: string, to: () => number): Promise<void> {
    this.ways.set(`to-${name}`, await openWay(to))
  }

  /** Where a process is called: on its way, where it has one. */
  private targetOf(name: string, { rpc }: Where): string {
    return `127.0.0.1:${this.ways.get(`to-${name}`)?.port ?? rpc.get(name)}`
  }

  private toOwnEnv(name: string, common: Record<string, string>, at: Where): Record<string, string> {
    const [service = name, number = "1"] = name.split("-")
    const upper = service.toUpperCase()
    const own: Record<string, string> = {
      [`${upper}_RPC_PORT`]: `${at.rpc.get(name)}`,
      [`${upper}_HTTP_PORT`]: `${at.http.get(name)}`,
    }
    if (service === "mailbox") own.MAILBOX_DATABASES = `${setOf(name)}=${this.databaseUrl}`
    if (service === "datastore")
      own.DATASTORE_ENGINES = common.DATASTORE_ENGINES?.split(",")[Number(number) - 1] as string
    if (service === "seq") own.SEQ_TARGET = this.targetOf(name, at)
    if (service === "access") {
      own.OSSAGENT_ACCESS_ADDRESS = `127.0.0.1:${at.rpc.get(name)}`
      own.OSSAGENT_IM_TCP_PORT = `${at.tcp.get(name)}`
      own.OSSAGENT_IM_PUBLIC_TCP = this.targetOf(name, at)
    }
    return own
  }

  private toCommonEnv(at: Where): Record<string, string> {
    const targets = (service: Service): string =>
      namesOf(service)
        .map((name) => (service === "access" ? `127.0.0.1:${at.rpc.get(name)}` : this.targetOf(name, at)))
        .join(",")
    const local = toLocalEnv({
      ...{ postgresUrl: this.databaseUrl, rpcToken: randomUUID(), appKey: this.appKey },
      ...{
        ticketKey: `${randomUUID()}${randomUUID()}`,
        probeKey: randomUUID(),
        dispatchPort: at.http.get("dispatch") as number,
      },
      ...{ tcpPort: 0, wsPort: 0, origins: [] },
    })
    const others = Object.keys(COUNTS) as Service[]
    return {
      ...local,
      ...Object.fromEntries(others.map((one) => [`OSSAGENT_${one.toUpperCase()}_TARGETS`, targets(one)])),
      OSSAGENT_STORES: namesOf("datastore")
        .map((name, i) => `${ENGINES[i]}=${this.targetOf(name, at)}`)
        .join(","),
      OSSAGENT_MAILBOX_SETS: SET_NAMES.map((name) => this.targetOf(name, at)).join(","),
      OSSAGENT_LOG: "warn",
      OSSAGENT_ACCESS_LOGINS_PER_MIN: "100000",
      OSSAGENT_ACCESS_REGISTERS_PER_MIN: "100000",
      OSSAGENT_DISPATCH_ASKS_PER_MIN: "100000",
      OSSAGENT_IM_THROTTLE: "off",
    }
  }

  strike(blow: Blow): void {
    if (blow.do === "kill") this.processes.get(blow.target)?.kill(blow.awayMs)
    else if (blow.do === "pause") this.processes.get(blow.target)?.pause(blow.forMs)
    else if (blow.do === "database")
      this.database?.fall(blow.how).catch((error) => this.options.onTrouble(String(error)))
    else if (blow.do === "cut") this.ways.get(blow.way)?.cut()
    else if (blow.do === "drop") this.ways.get(blow.way)?.drop(blow.forMs)
    else this.ways.get(blow.way)?.delay(blow.of, blow.forMs, blow.byMs)
  }

  /** Ends what was done to it; resolves when everything runs. */
  async calm(): Promise<void> {
    await this.database?.calm()
    await Promise.all([...this.processes.values()].map((process) => process.calm()))
  }

  async stop(): Promise<void> {
    await Promise.all(this.addresses.map((address) => address.stop()))
    await Promise.all([...this.processes.values()].map((process) => process.stop()))
    await Promise.all([...this.ways.values()].map((way) => way.close()))
    await this.database?.stop()
  }
}
