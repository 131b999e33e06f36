interface Address {
  tcp: string
  ws: string
}

const EVERYWHERE = /^(0\.0\.0\.0|::|\[::\])(?=:\d+$)/
const EVERYWHERE_WS = /^(wss?:\/\/)(0\.0\.0\.0|\[::\]|::)(?=:\d+\/)/

/** An access that listens at every address of its machine is told by the name at which the client has found dispatch. */
export function toReachable<T extends Address>(address: T, host: string): T {
  return {
    ...address,
    tcp: address.tcp.replace(EVERYWHERE, () => host),
    ws: address.ws.replace(EVERYWHERE_WS, (_all, scheme: string) => `${scheme}${host}`),
  }
}
