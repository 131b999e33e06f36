const ADDRESS = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'])/

/** What somebody wrote, as it is; addresses in it can be followed. */
export function Text({ text }: { text: string }) {
  return (
    <span data-testid="words" className="break-words whitespace-pre-wrap [overflow-wrap:anywhere]">
      {text.split(ADDRESS).map((part, i) =>
        i % 2 === 0 ? (
          part
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text that never changes
          <a key={i} href={part} target="_blank" rel="noopener noreferrer" className="underline underline-offset-2">
            {part}
          </a>
        ),
      )}
    </span>
  )
}
