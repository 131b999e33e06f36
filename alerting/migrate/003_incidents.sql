-- Incidents, who is told of them, and messages on every channel.
ALTER TABLE alerting.alarm DROP CONSTRAINT alarm_detection_check;
ALTER TABLE alerting.alarm DROP CONSTRAINT alarm_state_check;
ALTER TABLE alerting.alarm ADD CONSTRAINT alarm_state_check
  CHECK (state IN ('pending', 'firing', 'acknowledged', 'flapping', 'resolved'));
ALTER TABLE alerting.alarm ADD COLUMN owner text NOT NULL DEFAULT '';
ALTER TABLE alerting.alarm ADD COLUMN inhibited_by bigint;
ALTER TABLE alerting.alarm ADD COLUMN maintenance_by bigint;
CREATE INDEX alarm_fingerprint ON alerting.alarm (fingerprint, resolved_at);

CREATE TABLE alerting.incident (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  group_key text NOT NULL,
  state text NOT NULL CHECK (state IN ('firing', 'acknowledged', 'resolved')),
  severity text NOT NULL,
  title text NOT NULL,
  "group" jsonb NOT NULL,
  culprit jsonb,
  suspect_id bigint,
  alarms integer NOT NULL,
  open_alarms integer NOT NULL,
  flapping boolean NOT NULL DEFAULT false,
  quiet text,
  tellings integer NOT NULL DEFAULT 0,
  progress jsonb NOT NULL DEFAULT '[]',
  due_at timestamptz,
  grown_at timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at timestamptz,
  updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN alerting.incident.due_at IS 'when the next telling is to be decided; null: nothing is due';
COMMENT ON COLUMN alerting.incident.progress IS 'how far each policy has gone: [{policyId, step, round, nextAt}]';
COMMENT ON COLUMN alerting.incident.tellings IS 'how often people were told: part of the keys of messages';
COMMENT ON COLUMN alerting.incident.grown_at IS 'when the newest alarm joined';
CREATE UNIQUE INDEX incident_open ON alerting.incident (group_key) WHERE state <> 'resolved';
CREATE INDEX incident_due ON alerting.incident (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX incident_resolved_at ON alerting.incident (resolved_at) WHERE state = 'resolved';

ALTER TABLE alerting.alarm ADD COLUMN incident_id bigint REFERENCES alerting.incident ON DELETE SET NULL;
CREATE INDEX alarm_incident ON alerting.alarm (incident_id);

CREATE TABLE alerting.incident_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident_id bigint NOT NULL REFERENCES alerting.incident ON DELETE CASCADE,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  actor text NOT NULL,
  text text NOT NULL,
  alarm_id bigint
);
CREATE INDEX incident_event_incident ON alerting.incident_event (incident_id, id);

CREATE TABLE alerting.feedback (
  incident_id bigint NOT NULL REFERENCES alerting.incident ON DELETE CASCADE,
  by text NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('useful', 'noise')),
  at timestamptz NOT NULL,
  PRIMARY KEY (incident_id, by)
);

CREATE TABLE alerting.oncall (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  built_in text UNIQUE,
  body jsonb NOT NULL,
  secrets jsonb NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by text NOT NULL
);
CREATE UNIQUE INDEX oncall_name ON alerting.oncall (kind, (body->>'name'));
COMMENT ON TABLE alerting.oncall IS 'contacts, schedules, policies, routes, inhibitions, maintenance, channels, templates: one document a row';

ALTER TABLE alerting.silence ADD COLUMN reminded_at timestamptz;

-- One row is one message to one address on one channel.
ALTER TABLE alerting.outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE alerting.outbox DROP CONSTRAINT outbox_state_check;
ALTER TABLE alerting.outbox ADD CONSTRAINT outbox_state_check CHECK (state IN
  ('waiting', 'queued', 'held', 'merged', 'sending', 'sent', 'delivered', 'failed', 'skipped'));
ALTER TABLE alerting.outbox ADD COLUMN key text UNIQUE;
ALTER TABLE alerting.outbox ADD COLUMN incident_id bigint REFERENCES alerting.incident ON DELETE CASCADE;
ALTER TABLE alerting.outbox ADD COLUMN silence_id bigint REFERENCES alerting.silence ON DELETE CASCADE;
ALTER TABLE alerting.outbox ADD COLUMN channel text NOT NULL DEFAULT 'email';
ALTER TABLE alerting.outbox ADD COLUMN channel_id bigint REFERENCES alerting.oncall ON DELETE SET NULL;
ALTER TABLE alerting.outbox ADD COLUMN contact_id bigint REFERENCES alerting.oncall ON DELETE SET NULL;
ALTER TABLE alerting.outbox ADD COLUMN language text NOT NULL DEFAULT 'en';
ALTER TABLE alerting.outbox ADD COLUMN after_id bigint REFERENCES alerting.outbox ON DELETE SET NULL;
ALTER TABLE alerting.outbox ADD COLUMN due_at timestamptz;
ALTER TABLE alerting.outbox ADD COLUMN note text NOT NULL DEFAULT '';
ALTER TABLE alerting.outbox ADD COLUMN provider_id text;
ALTER TABLE alerting.outbox ADD COLUMN delivered_at timestamptz;
COMMENT ON COLUMN alerting.outbox.key IS 'what this message says to whom on which channel: the same is never written twice';
COMMENT ON COLUMN alerting.outbox.after_id IS 'the message of the channel before it: this one waits until due_at for that to be delivered, and goes at once when it failed';
COMMENT ON COLUMN alerting.outbox.note IS 'said with the text: "im-is-patient" when the IM itself is in trouble, "escalated" …';
CREATE INDEX outbox_incident ON alerting.outbox (incident_id, id);
CREATE INDEX outbox_waiting ON alerting.outbox (due_at) WHERE state = 'waiting';
CREATE INDEX outbox_after ON alerting.outbox (after_id) WHERE after_id IS NOT NULL;
CREATE INDEX outbox_provider ON alerting.outbox (channel, provider_id) WHERE provider_id IS NOT NULL;

ALTER TABLE alerting.recipient RENAME COLUMN address TO key;
COMMENT ON TABLE alerting.recipient IS 'token bucket of each recipient on each channel ("email alice@…"), and when the last digest was made';
UPDATE alerting.recipient SET key = 'email ' || key;

CREATE TABLE alerting.lease (
  name text PRIMARY KEY,
  holder text NOT NULL,
  until timestamptz NOT NULL
);
COMMENT ON TABLE alerting.lease IS 'which process does what alone; by the clock of the database';

CREATE TABLE alerting.collector_state (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  usable boolean NOT NULL,
  settled_at timestamptz NOT NULL,
  at timestamptz NOT NULL
);
COMMENT ON TABLE alerting.collector_state IS 'what the process that looks knows of the collector, for the one that compares minutes; settled_at: minutes before it are not whole';
