"use client"
import { useEffect, useState } from "react"
import { IconButton } from "../piece/button.tsx"
import { THEME_KEY } from "./themescript.ts"

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
  return (
    <IconButton icon={theme === "dark" ? "sun" : "moon"} label={`Switch to ${other} colours`} onClick={toggleTheme} />
  )
}
