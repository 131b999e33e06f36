"use client"
import { Check, Field, Input } from "../piece/field.tsx"
import type { SettingField } from "./kinds.ts"

interface SettingInputProps {
  field: SettingField
  value: string | number | boolean
  fault: string | null
  /** Of secrets: there is one already. */
  isSet?: boolean
  onChange: (value: string | boolean) => void
}

/** One setting of a channel. */
export function SettingInput({ field, value, fault, isSet = false, onChange }: SettingInputProps) {
  const { name, label, hint, type, required, placeholder, least, most } = field
  if (type === "check")
    return (
      <Check checked={value === true} onChange={(event) => onChange(event.target.checked)}>
        {label}
      </Check>
    )
  const isSecret = type === "secret"
  const kept = isSecret && isSet ? "Set; leave it empty to keep it." : undefined
  return (
    <Field label={label} fault={fault} hint={kept ?? hint}>
      <Input
        name={`channel-${name}`}
        type={isSecret ? "password" : type}
        required={required === true && !(isSecret && isSet)}
        placeholder={isSecret && isSet ? "••••••••" : placeholder}
        autoComplete={isSecret ? "new-password" : "off"}
        min={type === "number" ? least : undefined}
        max={type === "number" ? most : undefined}
        minLength={isSecret ? least : undefined}
        aria-invalid={fault !== null}
        value={String(value)}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}
