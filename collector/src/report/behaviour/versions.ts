/** Versions of which one answer tells. */
const MOST_VERSIONS = 20

/** Rows by version, those versions with the most users first. */
export function byVersions<R extends { version: string; users: number }>(rows: readonly R[]): [string, R[]][] {
  const versions = new Map<string, R[]>()
  for (const row of rows) {
    const own = versions.get(row.version)
    if (own === undefined) versions.set(row.version, [row])
    else own.push(row)
  }
  return [...versions].sort(([, a], [, b]) => usersOf(b) - usersOf(a)).slice(0, MOST_VERSIONS)
}

export const usersOf = (rows: readonly { users: number }[]): number => rows.reduce((sum, { users }) => sum + users, 0)
