/** Bytes that a client's connection costs, as its socket counts them: a resume, a message, a hundred missed; beside XMPP's. */
import { startIm } from "./im/product.ts"
import { type Costs, costsOf, costsOfXmpp } from "./im/wire.ts"
import { isInstalled, startEjabberd, startProsody } from "./im/xmpp-servers.ts"
import { atMost, type Figure, report, stated } from "./result.ts"

const TARGETS = { resume: 60, message: 70, hundred: 3_300 }

function toFigures(
  name: string,
  { upgrade, resume, sent, message, hundred }: Costs,
  targets?: typeof TARGETS,
): Figure[] {
  const figure = (what: keyof typeof TARGETS, text: string, bytes: number): Figure =>
    targets === undefined
      ? stated(`${name}: ${text}`, bytes, "B")
      : atMost(`${name}: ${text}`, bytes, "B", targets[what])
  return [
    ...(upgrade === 0 ? [] : [stated(`${name}: upgrade of HTTP before`, upgrade, "B")]),
    figure("resume", "resume, nothing new", resume),
    figure("message", "a message of 20 characters, at its receiver", message),
    figure("hundred", "resume with 100 such messages missed", hundred),
    stated(`${name}: the message, at its sender, until it is acknowledged`, sent, "B"),
  ]
}

const im = await startIm()
const [tcp, ws] = [await costsOf(im, "tcp"), await costsOf(im, "ws")]
await im.stop()
const figures = [...toFigures("TCP", tcp, TARGETS), ...toFigures("WebSocket", ws, TARGETS)]
const versions: Record<string, string> = {}
if (isInstalled())
  for (const start of [startProsody, startEjabberd]) {
    const server = await start()
    figures.push(...toFigures(server.name, await costsOfXmpp(server)))
    versions[server.name] = server.version
    await server.stop()
  }
else process.stdout.write("without ejabberd and prosody: apt-get install ejabberd prosody, and run it again\n")
report({
  name: "im-wire",
  about:
    "Application bytes both ways at one client's socket, IP, TCP and TLS not in it. Ours: ids of nine digits and the numbers of a fresh installation, of which later ones take up to three bytes more in each key; over WebSocket with its heads and masks. A resume is Hello and its answer, a message its notify, the sync and the page. XMPP with stream management over TCP: a resume is two stream heads, SASL PLAIN and the resumption, which brings what was missed; a message includes the acknowledgement that the server asks for. Messages come from a friend; in XMPP no roster and no presence of others is sent, which would add to it. Published (computed from their specifications) and not measured here: Matrix 964 for one poll, 1,541 for a message, 30,858 for a hundred; MQTT 3.1.1 82, 60 and 6,000.",
  runs: 1,
  versions,
  figures,
})
process.exit(0)
