import type { Metadata } from "next"
import { headers } from "next/headers"
import { redirect } from "next/navigation"
import { readPerson } from "../../auth/session.ts"
import { LoginForm } from "../../shell/loginform.tsx"
import { Logo } from "../../shell/logo.tsx"
import { ThemeButton } from "../../shell/theme.tsx"

export const metadata: Metadata = { title: "Log in" }

export default async function LoginPage() {
  if (await readPerson(await headers())) redirect("/")
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-4">
      <div className="fixed top-3 right-3">
        <ThemeButton />
      </div>
      <div className="flex items-center gap-3">
        <Logo size={36} />
        <h1 className="font-semibold text-2xl tracking-tight">OssAgent</h1>
      </div>
      <LoginForm />
      <p className="max-w-sm text-center text-ink-3 text-xs">
        The first e-mail address and password are printed where OssAgent was started. An admin adds further people.
      </p>
    </main>
  )
}
