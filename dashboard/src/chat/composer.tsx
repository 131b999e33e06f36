"use client"
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react"
import { Icon } from "../piece/icon.tsx"
import { useChat, useSession } from "./use-chat.ts"
import { toWords } from "./words.ts"

const MOST_HEIGHT_PX = 180

interface ComposerProps {
  chat: number
  name: string
  onLeave: () => void
  wantsFocus: RefObject<boolean>
}

/** Where one writes: Enter sends, Shift and Enter begin a line. What is not sent yet stays when one looks elsewhere. */
export function Composer({ chat, name, onLeave, wantsFocus }: ComposerProps) {
  const client = useChat()
  const { drafts } = useSession()
  const [text, setText] = useState(() => drafts.get(chat) ?? "")
  const [error, setError] = useState("")
  const ref = useRef<HTMLTextAreaElement>(null)
  const keep = (next: string): void => {
    setText(next)
    if (next === "") drafts.delete(chat)
    else drafts.set(chat, next)
  }
  useEffect(() => {
    if (wantsFocus.current) ref.current?.focus()
    wantsFocus.current = false
  }, [wantsFocus])
  // biome-ignore lint/correctness/useExhaustiveDependencies: as high as its text
  useLayoutEffect(() => {
    const field = ref.current
    if (field === null) return
    field.style.height = "auto"
    field.style.height = `${Math.min(field.scrollHeight + 2, MOST_HEIGHT_PX)}px`
  }, [text])

  async function send(): Promise<void> {
    const said = text.trim()
    if (said === "") return
    keep("")
    setError("")
    try {
      await client.send(chat, said)
    } catch (failed) {
      keep(text)
      setError(toWords(failed))
    }
  }
  function onKey(event: KeyboardEvent): void {
    // Enter that ends the composing of a character is no end of the message
    if (event.nativeEvent.isComposing) return
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.altKey) {
      event.preventDefault()
      void send()
    } else if (event.key === "Escape") {
      event.preventDefault()
      document.querySelector<HTMLElement>('[data-testid="row"][aria-current]')?.focus()
      if (!matchMedia("(min-width: 48rem)").matches) onLeave()
    }
  }
  return (
    <div data-foot className="border-line border-t bg-surface px-3 py-2 sm:px-4">
      {error !== "" && (
        <p role="alert" className="pb-1.5 text-[13px] text-bad">
          {error}
        </p>
      )}
      <div className="flex items-end gap-2">
        <textarea
          ref={ref}
          rows={1}
          value={text}
          aria-label={`Message to ${name}`}
          placeholder="Write a message"
          onChange={(event) => keep(event.target.value)}
          onKeyDown={onKey}
          className="min-h-10 w-full resize-none rounded-2xl border border-line-strong/70 bg-bg px-3.5 py-2 text-[14px] text-ink leading-5.5 placeholder:text-ink-3"
        />
        <button
          type="button"
          aria-label="Send"
          title="Send (Enter)"
          disabled={text.trim() === ""}
          onClick={() => {
            void send()
            ref.current?.focus()
          }}
          className="flex size-10 shrink-0 items-center justify-center rounded-full bg-accent text-accent-ink hover:brightness-110 disabled:bg-sunken disabled:text-ink-3"
        >
          <Icon name="send" size={18} />
        </button>
      </div>
    </div>
  )
}
