/**
 * An SMSC as a process of its own, for tests that kill it: `PORT JOURNAL`. What it takes is in the journal before it is answered, a line
 * each: the reference by which a repeat is known, then the number.
 */
import { appendFileSync } from "node:fs"
import smpp, { type PDU } from "smpp"

const [port, journal = ""] = process.argv.slice(2)
let taken = 0
const server = smpp.createServer((session) => {
  session.on("error", () => session.destroy())
  for (const request of ["bind_transceiver", "enquire_link", "unbind"])
    session.on(request, (pdu: PDU) => session.send(pdu.response()))
  session.on("submit_sm", (pdu: PDU) => {
    appendFileSync(journal, `${pdu.user_message_reference} ${pdu.destination_addr}\n`)
    session.send(pdu.response({ message_id: `${process.pid}-${++taken}` }))
  })
})
server.listen(Number(port), "127.0.0.1", () => process.send?.({ started: server.address() }))
process.on("disconnect", () => process.exit(0))
