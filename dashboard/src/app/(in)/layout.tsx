import type { ReactNode } from "react"
import { requirePerson } from "../../auth/session.ts"
export default async function L({children}:{children:ReactNode}) { await requirePerson(); return children }
