/**
 * The connection to an SMSC by SMPP 3.4: bound as transceiver, asked every 30 s whether it lives, made anew with back-off. What waits
 * for an answer is bounded by a window, and is told at once when the connection ends.
 */
import smpp, { type PDU, type Session } from "smpp"
import { ChannelError, toAborted } from "../channel/channel.ts"
import { type SmsReceipt, toReceipt } from "./receipt.ts"

export interface LinkOptions {
  host: string
  port: number
  tls: boolean
  systemId: string
  systemType: string
  password: string
  /** Unanswered messages at most. */
  window: number
  /** Resolves when the receipt is recorded; the SMSC sends one again whose recording failed. */
  onReceipt: (receipt: SmsReceipt) => Promise<void>
  /** Default 30 s. */
  enquireMs?: number
}

export interface SmppLink {
  /** Sends one submit_sm; answers with the SMSC's id. Throws ChannelError. */
  submit: (fields: Record<string, unknown>, signal: AbortSignal) => Promise<string>
  trouble: () => string | null
  stop: () => Promise<void>
}

const { errors } = smpp
const BIND_MS = 10_000
const ENQUIRE_MS = 30_000
const FIRST_WAIT_MS = 500
const MOST_WAIT_MS = 30_000
const WHAT = "send the SMS"

export function createLink(options: LinkOptions): SmppLink {
  let bound: Session | null = null
  let binding: Promise<Session> | null = null
  let trouble: string | null = null
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const slots = createSlots(options.window)
  const again = (why: string): void => {
    if (stopped) return
    trouble = why
    clearTimeout(timer)
    timer = setTimeout(() => void open().catch(() => undefined), toWaitMs(failures++)) // `trouble` says why
    timer.unref()
  }
  const lost = (session: Session, why: string): void => {
    if (bound !== session) return // another one serves already
    bound = null
    again(why)
  }
  const open = (): Promise<Session> => {
    if (bound?.socket.writable) return Promise.resolve(bound)
    bound = null
    binding ??= bind(options, lost)
      .then((session) => {
        bound = session
        failures = 0
        trouble = null
        return session
      })
      .catch((error: ChannelError) => {
        again(error.message)
        throw error
      })
      .finally(() => {
        binding = null
      })
    return binding
  }
  void open().catch(() => undefined) // receipts of what was sent before come as soon as somebody is bound
  return {
    submit: async (fields, signal) => {
      const leave = await slots.enter(signal)
      try {
        return await submitOne(await within(open(), signal), fields, signal)
      } finally {
        leave()
      }
    },
    trouble: () => trouble,
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await binding?.catch(() => undefined)
      const session = bound
      bound = null
      if (session) await unbind(session)
    },
  }
}

const toWaitMs = (failures: number): number => Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures)

/** Connects and binds. Throws ChannelError. `lost` is called once when a bound connection ends. */
function bind(options: LinkOptions, lost: (session: Session, why: string) => void): Promise<Session> {
  const { host, port, tls, systemId, systemType, password, enquireMs = ENQUIRE_MS } = options
  const session = smpp.connect({ host, port, ...(tls ? { tls, servername: host } : {}) })
  const place = `the SMSC ${host}:${port}`
  let state: "opening" | "bound" | "ended" = "opening"
  return new Promise((resolve, reject) => {
    let beat: NodeJS.Timeout | undefined
    const end = (why: string): void => {
      clearTimeout(late)
      clearInterval(beat)
      session.destroy()
      if (state === "opening") reject(new ChannelError(`cannot ${WHAT}: ${why}`, { retry: true, away: true }))
      const was = state
      state = "ended"
      if (was === "bound") lost(session, `cannot ${WHAT}: ${why}`)
    }
    const late = setTimeout(() => end(`${place} did not let us in within ${BIND_MS / 1_000} s`), BIND_MS)
    session.on("error", (error: Error) => end(`cannot reach ${place}: ${error.message}`))
    session.on("close", () => end(`${place} closed the connection`))
    session.on("unbind", (pdu: PDU) => {
      session.send(pdu.response())
      end(`${place} ended the session`)
    })
    session.on("enquire_link", (pdu: PDU) => session.send(pdu.response()))
    session.on("deliver_sm", (pdu: PDU) => void takeReceipt(session, pdu, options))
    session.on(tls ? "secureConnect" : "connect", () => {
      const login = { system_id: systemId, password, system_type: systemType, interface_version: 0x34 }
      session.bind_transceiver(login, ({ command_status: status }) => {
        if (status !== 0) return end(`${place} refuses us: ${nameOf(status)}`)
        clearTimeout(late)
        state = "bound"
        beat = startBeat(session, enquireMs, () => end(`${place} does not answer any more`))
        resolve(session)
      })
    })
  })
}

/** One question at a time; the second without an answer ends the connection. */
function startBeat(session: Session, everyMs: number, onDead: () => void): NodeJS.Timeout {
  let open = 0
  const beat = setInterval(() => {
    if (open++ > 0) return onDead()
    session.enquire_link({}, () => {
      open = 0
    })
  }, everyMs)
  return beat.unref()
}

async function takeReceipt(session: Session, pdu: PDU, { onReceipt }: LinkOptions): Promise<void> {
  const receipt = toReceipt(pdu)
  try {
    if (receipt) await onReceipt(receipt)
    session.send(pdu.response())
  } catch {
    session.send(pdu.response({ command_status: errors.ESME_RX_T_APPN })) // "temporary": it comes again
  }
}

function submitOne(session: Session, fields: Record<string, unknown>, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      signal.removeEventListener("abort", onAbort)
      session.removeListener("close", onClose)
      settle()
    }
    const onClose = (): void =>
      finish(() =>
        reject(new ChannelError(`cannot ${WHAT}: the SMSC closed the connection`, { retry: true, away: true })),
      )
    // an SMSC that does not answer is left: what it may still do under this session is not waited for
    const onAbort = (): void => {
      finish(() => reject(toAborted(signal, WHAT)))
      session.destroy()
    }
    if (signal.aborted) return finish(() => reject(toAborted(signal, WHAT)))
    signal.addEventListener("abort", onAbort, { once: true })
    session.once("close", onClose)
    const written = session.submit_sm(fields, (pdu) =>
      finish(() =>
        pdu.command_status === 0 ? resolve(String(pdu.message_id ?? "")) : reject(toRefusal(pdu.command_status)),
      ),
    )
    if (!written) onClose()
  })
}

const THROTTLED = new Set([errors.ESME_RTHROTTLED, errors.ESME_RMSGQFUL])
/** About this message or this number, whenever it is sent. */
const FINAL = new Set(
  [
    "RINVMSGLEN",
    "RINVSRCADR",
    "RINVDSTADR",
    "RINVDSTTON",
    "RINVDSTNPI",
    "RINVSRCTON",
    "RINVSRCNPI",
    "RINVESMCLASS",
    "RINVDCS",
    "RINVREGDLVFLG",
  ].map((name) => errors[`ESME_${name}`]),
)

function toRefusal(status: number): ChannelError {
  const why = `cannot ${WHAT}: the SMSC refuses it: ${nameOf(status)}`
  if (THROTTLED.has(status)) return new ChannelError(why, { retry: true, retryAfterMs: 1_000 })
  return new ChannelError(why, { retry: !FINAL.has(status) })
}

const names = new Map(Object.entries(errors).map(([name, status]) => [status, name]))
const nameOf = (status: number): string => names.get(status) ?? `status 0x${status.toString(16)}`

function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(toAborted(signal, WHAT))
    signal.addEventListener("abort", onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort))
  })
}

const UNBIND_MS = 1_000

function unbind(session: Session): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      session.destroy()
      resolve()
    }
    setTimeout(done, UNBIND_MS).unref()
    session.once("close", done)
    if (!session.unbind(done)) done()
  })
}

/** So many at once; the others wait their turn. */
function createSlots(most: number) {
  let used = 0
  const queue: (() => void)[] = []
  const leave = (): void => {
    used--
    queue.shift()?.()
  }
  return {
    enter: async (signal: AbortSignal): Promise<() => void> => {
      while (used >= most) await within(new Promise<void>((resolve) => queue.push(resolve)), signal)
      used++
      return leave
    },
  }
}
