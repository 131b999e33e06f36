import type pg from "pg"

const MOST_ROWS = 10_000

/** Deletes a user's messages up to a number, oldest first, but never the newest: by it the next owner of the SET knows how far numbers went. */
export async function trim(pool: pg.Pool, uid: number, upTo: number): Promise<number> {
  const { rowCount } = await pool.query({
    name: "trim",
    text: `DELETE FROM message WHERE uid = $1 AND seq IN (
      SELECT seq FROM message
      WHERE uid = $1 AND seq <= $2 AND seq < (SELECT max(seq) FROM message WHERE uid = $1) ORDER BY seq LIMIT ${MOST_ROWS})`,
    values: [uid, upTo],
  })
  return rowCount ?? 0
}

/** Deletes all of a user who is gone. Its numbers are never given again, so nobody has to know how far they went. */
export async function clear(pool: pg.Pool, uid: number): Promise<number> {
  const { rowCount } = await pool.query({ name: "clear", text: "DELETE FROM message WHERE uid = $1", values: [uid] })
  await pool.query({ name: "clear_changes", text: "DELETE FROM change WHERE uid = $1", values: [uid] })
  return rowCount ?? 0
}
