import type { ErrorTable } from "@ossagent/svrkit"

export const ERRORS = {
  bad_frame: [400, "The bytes are not a whole frame; the message says where. Sending it again is of no use."],
  unknown_series: [
    409,
    "The frame uses series ids that were not named since the collector started: send it again with all names.",
  ],
  clock_ahead: [
    422,
    "The frame's points are more than a minute ahead of the collector's clock, which stands in `now`.",
  ],
  unknown_metric: [404, "No service has emitted a metric of that name within the time that the tables keep."],
  unknown_exception: [404, "The service reported no error of that fingerprint within the time that the table keeps."],
  too_much: [422, "The question asks for more than the stated limit of points, rows, groups or time."],
  store_slow: [
    429,
    "The store does not keep up, and what may wait in log and memory is full. Nothing that was acknowledged is lost.",
  ],
  disk_full: [503, "The disk of the write-ahead log is full. Nothing that was acknowledged is lost."],
  store_away: [503, "ClickHouse does not answer; metrics are taken into the log meanwhile."],
} as const satisfies ErrorTable
