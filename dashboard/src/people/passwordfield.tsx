"use client"
import { Button } from "../piece/button.tsx"
import { Field, Input } from "../piece/field.tsx"

// without what looks alike: it may be read out
const LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
const LENGTH = 16

/** Of 55 characters, each as likely as any: bytes beyond the last whole multiple are thrown again. */
function makePassword(): string {
  let made = ""
  while (made.length < LENGTH)
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH)))
      if (byte < 256 - (256 % LETTERS.length)) made += LETTERS[byte % LETTERS.length]
  return made.slice(0, LENGTH)
}

/** In plain sight, for an admin has to pass it on. */
export function PasswordField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <div className="flex items-start gap-2">
      <div className="flex-1">
        <Field label="Password" hint="At least 8 characters. They can change it under Account.">
          <Input
            name="password"
            required
            minLength={8}
            maxLength={128}
            autoComplete="off"
            spellCheck={false}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className="font-mono"
          />
        </Field>
      </div>
      <Button icon="key" onClick={() => onChange(makePassword())} className="mt-6">
        Generate
      </Button>
    </div>
  )
}
