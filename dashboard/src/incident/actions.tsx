"use client"
import type { Alarm, Incident } from "@ossagent/wire"
import { type FormEvent, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Input } from "../piece/field.tsx"
import { useMay } from "../shell/person.tsx"
import { draftsOfAlarm } from "../silence/form.ts"
import { SilenceDialog } from "../silence/silencedialog.tsx"
import { type Act, useIncidentAct } from "./act.ts"

/** What an operator does with an incident; a note may stand alone or beside what is done. */
export function Actions({ incident, suspect }: { incident: Incident; suspect: Alarm | undefined }) {
  const may = useMay("operator")
  const act = useIncidentAct()
  const [note, setNote] = useState("")
  const [silencing, setSilencing] = useState(false)
  if (!may)
    return (
      <p className="border-line border-t px-4 py-2.5 text-[13px] text-ink-3">
        A viewer looks on: operators and admins acknowledge, note and resolve.
      </p>
    )
  const text = note.trim()
  const does = (what: Act): void => void act(incident, what).then((done) => done && setNote(""))
  const doNoted = (verb: "acknowledge" | "resolve"): void => does(text === "" ? { verb } : { verb, note: text })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (text !== "") does({ verb: "notes", note: text })
  }
  const over = incident.state === "resolved"
  return (
    <>
      {silencing && suspect && <SilenceDialog start={draftsOfAlarm(suspect)} onClose={() => setSilencing(false)} />}
      <form onSubmit={submit} className="flex flex-wrap gap-2 border-line border-t p-3">
        <Input
          aria-label="Note"
          placeholder="Note for the timeline"
          maxLength={2_000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          className="!w-auto min-w-0 flex-1 basis-56"
        />
        <Button type="submit" disabled={text === ""}>
          Add note
        </Button>
        {incident.state === "firing" && (
          <Button look="main" icon="check" onClick={() => doNoted("acknowledge")}>
            Acknowledge
          </Button>
        )}
        {!over && suspect && incident.quiet === null && (
          <Button icon="mute" onClick={() => setSilencing(true)}>
            Silence
          </Button>
        )}
        {!over && <Button onClick={() => doNoted("resolve")}>Resolve</Button>}
      </form>
    </>
  )
}
