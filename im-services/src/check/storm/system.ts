/**
 * The system under the storm: every service in processes of its own, some twice, ways in front of the accesses and the mailboxes, a durable
 * PostgreSQL. Everything is on loopback, at ports that were free.
 */
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { toLocalEnv } from "../../layout.ts"
import { Database } from "./database.ts"
import { Ports } from "./ports.ts"
import { type ProcessPlan, ServiceProcess } from "./process.ts"
import type { Blow, Targets } from "./schedule.ts"
import { openWay, type Way } from "./way.ts"

/** Processes of each service, in the order of their start. */
const COUNTS = {
  datastore: 3,
  seq: 2,
  mailbox: 2,
  spam: 1,
  auth: 1,
  social: 1,
  message: 2,
  async: 2,
  dispatch: 1,
  access: 2,
} as const
type Service = keyof typeof COUNTS
export const SETS = COUNTS.mailbox

/** Engines of the stores, one in each datastore. */
const ENGINES = ["a", "b", "c"]

const NAMES = (Object.keys(COUNTS) as Service[]).flatMap((service) => namesOf(service))
const WAYS = [...namesOf("access"), ...namesOf("mailbox")].map((name) => `to-${name}`)
/** What a schedule may strike. */
export const TARGETS: Targets = { processes: NAMES, ways: WAYS }

function namesOf(service: Service): string[] {
  const count: number = COUNTS[service]
  return Array.from({ length: count }, (_, i) => (count === 1 ? service : `${service}-${i + 1}`))
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

  constructor(options: SystemOptions) {
    this.options = options
  }

  async start(): Promise<void> {
    this.database = new Database(join(this.options.dir, "postgres"), await this.ports.next())
    this.databaseUrl = await this.database.start()
    const { plans, dispatchPort } = await this.plan()
    this.dispatchUrl = `http://127.0.0.1:${dispatchPort}`
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
  private async plan(): Promise<{ plans: ProcessPlan[]; dispatchPort: number }> {
    const rpc = await this.ports.for(NAMES)
    const tcp = await this.ports.for(namesOf("access"))
    const ws = await this.ports.for(namesOf("access"))
    const dispatchPort = await this.ports.next()
    for (const name of namesOf("access")) this.ways.set(`to-${name}`, await openWay(tcp.get(name) as number))
    for (const name of namesOf("mailbox")) this.ways.set(`to-${name}`, await openWay(rpc.get(name) as number))
    const common = this.toCommonEnv(rpc, dispatchPort)
    const plans = NAMES.map((name): ProcessPlan => {
      const [service = name, number = "1"] = name.split("-")
      const target = `127.0.0.1:${rpc.get(name)}`
      const own: Record<string, string> = { [`${service.toUpperCase()}_RPC_PORT`]: `${rpc.get(name)}` }
      if (service === "mailbox") own.MAILBOX_DATABASES = `${Number(number) - 1}=${this.databaseUrl}`
      if (service === "datastore")
        own.DATASTORE_ENGINES = common.DATASTORE_ENGINES?.split(",")[Number(number) - 1] as string
      if (service === "seq") own.SEQ_TARGET = target
      if (service === "access") {
        own.OSSAGENT_ACCESS_ADDRESS = target
        own.OSSAGENT_IM_TCP_PORT = `${tcp.get(name)}`
        own.OSSAGENT_IM_PUBLIC_TCP = `127.0.0.1:${this.ways.get(`to-${name}`)?.port}`
        own.OSSAGENT_IM_WS_PORT = `${ws.get(name)}`
      }
      return { name, service, env: { ...common, ...own } }
    })
    return { plans, dispatchPort }
  }

  private toCommonEnv(rpc: ReadonlyMap<string, number>, dispatchPort: number): Record<string, string> {
    const targets = (service: Service): string =>
      namesOf(service)
        .map((name) => `127.0.0.1:${rpc.get(name)}`)
        .join(",")
    const mailboxes = namesOf("mailbox").map((name) => `127.0.0.1:${this.ways.get(`to-${name}`)?.port}`)
    const local = toLocalEnv({
      ...{ postgresUrl: this.databaseUrl, rpcToken: randomUUID(), appKey: this.appKey },
      ...{ ticketKey: `${randomUUID()}${randomUUID()}`, dispatchPort, tcpPort: 0, wsPort: 0, origins: [] },
    })
    const others = Object.keys(COUNTS) as Service[]
    return {
      ...local,
      ...Object.fromEntries(others.map((one) => [`OSSAGENT_${one.toUpperCase()}_TARGETS`, targets(one)])),
      OSSAGENT_STORES: namesOf("datastore")
        .map((name, i) => `${ENGINES[i]}=127.0.0.1:${rpc.get(name)}`)
        .join(","),
      OSSAGENT_MAILBOX_SETS: mailboxes.join(","),
      OSSAGENT_LOG: "warn",
      OSSAGENT_ACCESS_LOGINS_PER_MIN: "100000",
      OSSAGENT_ACCESS_REGISTERS_PER_MIN: "100000",
      OSSAGENT_DISPATCH_ASKS_PER_MIN: "100000",
    }
  }

  strike(blow: Blow): void {
    if (blow.do === "kill") this.processes.get(blow.target)?.kill(blow.awayMs)
    else if (blow.do === "pause") this.processes.get(blow.target)?.pause(blow.forMs)
    else if (blow.do === "database")
      this.database?.fall(blow.how).catch((error) => this.options.onTrouble(String(error)))
    else if (blow.do === "cut") this.ways.get(blow.way)?.cut()
    else if (blow.do === "drop") this.ways.get(blow.way)?.drop(blow.forMs)
    else this.ways.get(blow.way)?.delay(blow.forMs, blow.byMs)
  }

  /** Ends what was done to it; resolves when everything runs. */
  async calm(): Promise<void> {
    await this.database?.calm()
    await Promise.all([...this.processes.values()].map((process) => process.calm()))
  }

  async stop(): Promise<void> {
    await Promise.all([...this.processes.values()].map((process) => process.stop()))
    await Promise.all([...this.ways.values()].map((way) => way.close()))
    await this.database?.stop()
  }
}
