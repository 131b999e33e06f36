import { type Setting, setting, targets } from "@ossagent/svrkit"

/** Ports of calls where services run apart, beside each other on one machine. */
export const RPC_PORTS = {
  dispatch: 7500,
  auth: 7501,
  message: 7502,
  social: 7503,
  access: 7504,
  async: 7505,
  spam: 7506,
  seq: 7507,
  datastore: 7508,
  guard: 7509,
  play: 7511,
} as const

/** The setting that says where another service is. In a process where it runs too, calls go in memory, whatever this says. */
export const targetsOf = (service: keyof typeof RPC_PORTS): Setting<ReturnType<typeof targets>> =>
  setting(
    `OSSAGENT_${service.toUpperCase()}_TARGETS`,
    targets(`127.0.0.1:${RPC_PORTS[service]}`),
    `targets of ${service}, host:port by comma`,
  )
