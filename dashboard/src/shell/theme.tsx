"use client"
import { useEffect, useState } from "react"
import { IconButton } from "../piece/button.tsx"

export const THEME_KEY = "ossagent.theme"

/** Runs before the first paint; the system's wish counts until a person chooses. */
export const THEME_SCRIPT = `try{var t=localStorage.getItem("${THEME_KEY}")}catch(e){}document.documentElement.dataset.theme=t==="light"||t==="dark"?t:matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"`

export function toggleTheme(): void {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark"
  document.documentElement.dataset.theme = next
  localStorage.setItem(THEME_KEY, next)
  window.dispatchEvent(new Event("ossagent-theme"))
}

export function ThemeButton() {
  const [theme, setTheme] = useState("light")
  useEffect(() => {
    const read = (): void => setTheme(document.documentElement.dataset.theme ?? "light")
    read()
    window.addEventListener("ossagent-theme", read)
    return () => window.removeEventListener("ossagent-theme", read)
  }, [])
  const other = theme === "dark" ? "light" : "dark"
  return <IconButton icon={theme === "dark" ? "sun" : "moon"} label={`Switch to ${other} colours`} onClick={toggleTheme} />
}
