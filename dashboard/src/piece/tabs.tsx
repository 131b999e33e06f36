"use client"
import Link from "next/link"
import { usePathname } from "next/navigation"

/** Parts of a page that have an address each. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly { href: string; name: string }[] }) {
  const pathname = usePathname()
  return (
    <nav aria-label={label} className="-mt-1 mb-4 overflow-x-auto border-line border-b">
      <ul className="flex min-w-max gap-1">
        {tabs.map(({ href, name }) => (
          <li key={href}>
            <Link
              href={href}
              prefetch={false}
              aria-current={pathname === href ? "page" : undefined}
              className={`block border-b-2 px-3 py-2 text-[13px] outline-offset-[-2px] ${pathname === href ? "border-accent font-medium text-accent" : "border-transparent text-ink-2 hover:text-ink"}`}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
