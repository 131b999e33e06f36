import { connect, type Socket } from "node:net"

const STREAM =
  "<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"

/** A client's connection over XMPP with stream management, at its barest: stanzas are cut out of the stream by their tags. */
export class XmppConnection {
  readonly jid: string
  /** Called with the text of a message that came. */
  onMessage: ((body: string) => void) | null = null
  /** Name of its stream, to go on with after the connection is lost. */
  stream = ""
  private readonly socket: Socket
  private text = ""
  private handled = 0
  /** Stanzas sent that are not acknowledged, oldest first. */
  private readonly unacknowledged: (() => void)[] = []
  private acknowledged = 0
  private onText: (() => void) | null = null
  private live = false
  private out = ""

  private constructor(socket: Socket, jid: string) {
    this.socket = socket
    this.jid = jid
    socket.setEncoding("utf8").setNoDelay(true)
    socket.on("data", (chunk: string) => {
      this.text += chunk
      if (this.live) this.read()
      else this.onText?.()
    })
    socket.on("error", () => socket.destroy())
  }

  /** Makes an account, where the server lets anybody do so. */
  static async register(port: number, { name, password }: { name: string; password: string }): Promise<void> {
    const one = await XmppConnection.connect(port, name)
    await one.say(STREAM, "</stream:features>")
    const query = `<username>${name}</username><password>${password}</password>`
    await one.say(`<iq type='set' id='r'><query xmlns='jabber:iq:register'>${query}</query></iq>`, "type='result'")
    one.close()
  }

  /** Logs in, binds, enables stream management, is available. */
  static async open(port: number, { name, password }: { name: string; password: string }): Promise<XmppConnection> {
    const one = await XmppConnection.authenticate(port, { name, password })
    await one.say(
      `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>load</resource></bind></iq>`,
      "</iq>",
    )
    const enabled = await one.say(`<enable xmlns='urn:xmpp:sm:3' resume='true'/>`, "<enabled")
    one.stream = /\bid=['"]([^'"]+)/.exec(enabled)?.[1] ?? ""
    one.live = true
    one.write("<presence/>")
    one.unacknowledged.push(() => {})
    one.read()
    return one
  }

  /** Goes on with the stream of a connection that was lost; what was missed comes by itself. `onMessage` is told of it. */
  static async resume(
    port: number,
    account: { name: string; password: string },
    { stream, handled, onMessage }: XmppConnection,
  ): Promise<XmppConnection> {
    const one = await XmppConnection.authenticate(port, account)
    const said = await one.say(`<resume xmlns='urn:xmpp:sm:3' previd='${stream}' h='${handled}'/>`, "<resumed")
    one.stream = stream
    one.handled = handled
    one.onMessage = onMessage
    one.text = said.slice(said.indexOf(">", said.indexOf("<resumed")) + 1) + one.text
    one.live = true
    one.read()
    return one
  }

  private static async authenticate(
    port: number,
    { name, password }: { name: string; password: string },
  ): Promise<XmppConnection> {
    const one = await XmppConnection.connect(port, name)
    await one.say(STREAM, "</stream:features>")
    const plain = Buffer.from(`\0${name}\0${password}`).toString("base64")
    await one.say(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`, "<success")
    await one.say(STREAM, "</stream:features>")
    return one
  }

  private static async connect(port: number, name: string): Promise<XmppConnection> {
    const socket = connect({ port, host: "127.0.0.1" })
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject))
    return new XmppConnection(socket, `${name}@localhost`)
  }

  /** `done` is called when the server has acknowledged it. */
  send(to: string, body: string, done: () => void): void {
    this.unacknowledged.push(done)
    this.write(
      `<message to='${to}' type='chat' id='${body.slice(0, 8)}'><body>${body}</body></message><r xmlns='urn:xmpp:sm:3'/>`,
    )
  }

  close(): void {
    this.socket.destroy()
  }

  /** Bytes both ways so far, as the socket counts them. */
  get bytes(): number {
    return this.socket.bytesRead + this.socket.bytesWritten
  }

  /** What came, when `until` has come. */
  private say(text: string, until: string): Promise<string> {
    this.text = ""
    this.socket.write(text)
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`no ${until} within 10 s, but: ${this.text.slice(0, 500)}`)),
        10_000,
      )
      this.onText = () => {
        if (!this.text.includes(until)) return
        clearTimeout(late)
        this.onText = null
        const said = this.text
        this.text = ""
        resolve(said)
      }
    })
  }

  private write(text: string): void {
    if (this.out === "")
      setImmediate(() => {
        this.socket.write(this.out)
        this.out = ""
      })
    this.out += text
  }

  private read(): void {
    for (;;) {
      const end = endOfStanza(this.text)
      if (end === 0) return
      this.take(this.text.slice(0, end))
      this.text = this.text.slice(end)
    }
  }

  private take(stanza: string): void {
    if (stanza.startsWith("<a ")) {
      const h = Number(/h=['"](\d+)/.exec(stanza)?.[1])
      for (; this.acknowledged < h; this.acknowledged++) this.unacknowledged.shift()?.()
    } else if (stanza.startsWith("<r ")) this.write(`<a xmlns='urn:xmpp:sm:3' h='${this.handled}'/>`)
    else if (/^<(message|presence|iq)\b/.test(stanza)) {
      this.handled++
      const body = /<body>([^<]*)<\/body>/.exec(stanza)
      if (body !== null) this.onMessage?.(body[1] as string)
    }
  }
}

/** Where the first stanza ends; 0: it has not all come. */
function endOfStanza(text: string): number {
  const name = /^\s*<([a-z]+)/.exec(text)
  if (name === null) return 0
  const close = text.indexOf(">")
  if (close === -1) return 0
  if (text[close - 1] === "/") return close + 1
  const tag = `</${name[1]}>`
  const end = text.indexOf(tag)
  return end === -1 ? 0 : end + tag.length
}
