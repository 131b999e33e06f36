-- What the watchers must not forget when they restart.
CREATE TABLE alerting.presence (
  rule_id bigint NOT NULL REFERENCES alerting.rule ON DELETE CASCADE,
  key text NOT NULL,
  "group" jsonb NOT NULL,
  run_start timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  proven boolean NOT NULL,
  PRIMARY KEY (rule_id, key)
);
COMMENT ON COLUMN alerting.presence.run_start IS 'first point of the current run without a gap longer than the rule allows';

CREATE TABLE alerting.history_state (
  key text PRIMARY KEY,
  meta jsonb NOT NULL,
  last_t bigint NOT NULL,
  state bytea NOT NULL
);
CREATE INDEX history_state_age ON alerting.history_state (last_t);
