import { notFound } from "next/navigation"

/** Any other address, so that its 404 has the menu around it. */
export default function Page() {
  notFound()
}
