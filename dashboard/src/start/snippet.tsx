"use client"
import { CopyButton } from "./copybutton.tsx"

/** Code with a button that copies it. */
export function Snippet({ name, code }: { name: string; code: string }) {
  return (
    <figure aria-label={name} className="overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex items-center justify-between gap-2 border-line border-b py-1 pr-1 pl-3 text-ink-3 text-xs">
        {name}
        <CopyButton label={`Copy ${name}`} text={code} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is to be scrolled by keyboard too */}
      <pre tabIndex={0} className="overflow-x-auto p-3 font-mono text-xs leading-5 outline-offset-[-2px]">
        {code}
      </pre>
    </figure>
  )
}
