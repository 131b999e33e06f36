"use client"
import { useEffect, useState } from "react"
import { Button } from "../piece/button.tsx"
import { useTell } from "../shell/notice.tsx"

const SAID_MS = 2_000

export function CopyButton({ label, text }: { label: string; text: string }) {
  const tell = useTell()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])
  async function copy(): Promise<void> {
    try {
      // absent on plain http from another machine
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      tell("The browser does not let the dashboard copy here: select the text and copy it by hand.", true)
    }
  }
  return (
    <Button look="quiet" icon={copied ? "check" : "copy"} aria-label={label} onClick={() => void copy()}>
      {copied ? "Copied" : "Copy"}
    </Button>
  )
}
