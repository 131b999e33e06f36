"use client"
import { useEffect, useId, useState } from "react"
import { Field, Input } from "../piece/field.tsx"

/** The browser's own time zone, such as Europe/Berlin. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

interface ZoneFieldProps {
  value: string
  onChange: (zone: string) => void
  hint?: string
}

/** An IANA time zone, chosen by typing. */
export function ZoneField({ value, onChange, hint }: ZoneFieldProps) {
  const id = useId()
  const [zones, setZones] = useState<string[]>([])
  useEffect(() => setZones(["UTC", ...Intl.supportedValuesOf("timeZone")]), [])
  return (
    <>
      <Field label="Time zone" hint={hint}>
        <Input
          list={id}
          required
          value={value}
          placeholder="Europe/Berlin"
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      <datalist id={id}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  )
}
