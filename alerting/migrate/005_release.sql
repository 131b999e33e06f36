-- Logic that is loaded into services, and its gray releases.
CREATE TABLE alerting.logic_module (
  module text PRIMARY KEY,
  service text NOT NULL,
  current text NOT NULL,
  updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN alerting.logic_module.current IS 'the version that takes what no release takes';

CREATE TABLE alerting.logic_instance (
  instance text NOT NULL,
  module text NOT NULL REFERENCES alerting.logic_module ON DELETE CASCADE,
  at timestamptz NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (instance, module)
);
COMMENT ON TABLE alerting.logic_instance IS 'what each process said last that it runs; those that no longer report are removed';

CREATE TABLE alerting.release (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  service text NOT NULL,
  module text NOT NULL REFERENCES alerting.logic_module,
  version text NOT NULL,
  "from" text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'held', 'done', 'rolled_back', 'aborted')),
  experiment boolean NOT NULL,
  steps jsonb NOT NULL,
  audience jsonb NOT NULL,
  step_sec integer NOT NULL,
  min_samples integer NOT NULL,
  step integer NOT NULL,
  step_at timestamptz NOT NULL,
  why text NOT NULL,
  started_at timestamptz NOT NULL,
  started_by text NOT NULL,
  ended_at timestamptz,
  ended_by text
);
CREATE UNIQUE INDEX release_open ON alerting.release (module) WHERE ended_at IS NULL;
CREATE INDEX release_ended_at ON alerting.release (ended_at);

CREATE TABLE alerting.release_judgement (
  release_id bigint NOT NULL REFERENCES alerting.release ON DELETE CASCADE,
  step integer NOT NULL,
  at timestamptz NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (release_id, step)
);
COMMENT ON TABLE alerting.release_judgement IS 'the newest judgement of each step: the one that was acted on, when the step is over';

CREATE TABLE alerting.release_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  release_id bigint NOT NULL REFERENCES alerting.release ON DELETE CASCADE,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  actor text NOT NULL,
  ratio real NOT NULL,
  text text NOT NULL
);
CREATE INDEX release_event_release ON alerting.release_event (release_id, id);
CREATE INDEX release_event_at ON alerting.release_event (at);
