import Link from "next/link"
import { Empty } from "../../piece/panel.tsx"

export default function NotFound() {
  return (
    <Empty icon="search" title="There is no page at this address">
      It may have been mistyped, or what it was about is gone. Go to the{" "}
      <Link prefetch={false} href="/" className="text-accent underline">
        overview
      </Link>
      , or search with Ctrl-K.
    </Empty>
  )
}
