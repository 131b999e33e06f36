"use client"
import { createContext, type ReactNode, useContext } from "react"
import { mayAs, type Person, type Role } from "../auth/roles.ts"

const PersonContext = createContext<Person | null>(null)

export function PersonProvider({ person, children }: { person: Person; children: ReactNode }) {
  return <PersonContext value={person}>{children}</PersonContext>
}

export function usePerson(): Person {
  const person = useContext(PersonContext)
  if (!person) throw new Error("cannot tell who is logged in outside of the shell")
  return person
}

/** Whether the one who is logged in may do what takes `role`; the server checks again. */
export const useMay = (role: Role): boolean => mayAs(usePerson().role, role)
