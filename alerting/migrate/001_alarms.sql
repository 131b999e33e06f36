-- Rules, alarms, their history, and the outbox that commits with them.
CREATE TABLE alerting.rule (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  built_in text UNIQUE,
  body jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by text NOT NULL
);
COMMENT ON COLUMN alerting.rule.built_in IS 'name of the built-in rule that this row was made from; null for rules of users';

CREATE TABLE alerting.silence (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  matchers jsonb NOT NULL,
  until timestamptz NOT NULL,
  reason text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);

CREATE TABLE alerting.alarm (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fingerprint text NOT NULL,
  rule_id bigint,
  rule_name text NOT NULL,
  detection text NOT NULL CHECK (detection IN ('threshold', 'absence', 'history')),
  severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  state text NOT NULL CHECK (state IN ('pending', 'firing', 'acknowledged', 'resolved')),
  silenced_by bigint,
  title text NOT NULL,
  why text NOT NULL,
  metric text NOT NULL,
  stat text NOT NULL,
  unit text NOT NULL,
  "group" jsonb NOT NULL,
  value double precision,
  expected double precision,
  lower double precision,
  upper double precision,
  score double precision NOT NULL,
  started_at timestamptz NOT NULL,
  good_since timestamptz,
  fired_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at timestamptz,
  updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN alerting.alarm.good_since IS 'since when an open alarm has been good again; null while it is bad';

CREATE UNIQUE INDEX alarm_open ON alerting.alarm (fingerprint) WHERE state <> 'resolved';
CREATE INDEX alarm_resolved_at ON alerting.alarm (resolved_at) WHERE state = 'resolved';

CREATE TABLE alerting.alarm_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alarm_id bigint NOT NULL REFERENCES alerting.alarm ON DELETE CASCADE,
  at timestamptz NOT NULL,
  "from" text,
  "to" text NOT NULL,
  actor text NOT NULL,
  why text NOT NULL
);
CREATE INDEX alarm_event_alarm ON alerting.alarm_event (alarm_id, id);

CREATE TABLE alerting.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alarm_id bigint REFERENCES alerting.alarm ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('firing', 'resolved', 'digest')),
  severity text NOT NULL,
  recipient text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'held', 'merged', 'sending', 'sent', 'failed', 'skipped')),
  detail text NOT NULL DEFAULT '',
  digest_id bigint REFERENCES alerting.outbox ON DELETE CASCADE,
  attempts integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  touched_at timestamptz NOT NULL,
  sent_at timestamptz
);
COMMENT ON COLUMN alerting.outbox.state IS
  'queued: to be sent; held: over the recipient''s rate, waits for a digest; merged: part of digest_id; sending: given to SMTP';

CREATE INDEX outbox_alarm ON alerting.outbox (alarm_id, id);
CREATE INDEX outbox_open ON alerting.outbox (touched_at) WHERE state IN ('queued', 'held', 'sending');
CREATE INDEX outbox_digest ON alerting.outbox (digest_id) WHERE digest_id IS NOT NULL;

CREATE TABLE alerting.recipient (
  address text PRIMARY KEY,
  tokens double precision NOT NULL,
  refilled_at timestamptz NOT NULL,
  digest_at timestamptz
);
COMMENT ON TABLE alerting.recipient IS 'token bucket of each recipient, and when the last digest was made';

CREATE TABLE alerting.outbox_mail (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id text NOT NULL UNIQUE,
  at timestamptz NOT NULL,
  "from" text NOT NULL,
  "to" text[] NOT NULL,
  subject text NOT NULL,
  text text NOT NULL,
  html text NOT NULL,
  sent_out boolean NOT NULL,
  alarm_id bigint
);

CREATE TABLE alerting.audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  detail text NOT NULL
);

CREATE TABLE alerting.installation (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO alerting.installation DEFAULT VALUES;
