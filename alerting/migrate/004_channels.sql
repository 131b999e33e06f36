-- Replies in the IM that were dealt with.
CREATE TABLE alerting.im_reply (
  chat bigint NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (chat, seq)
);
COMMENT ON TABLE alerting.im_reply IS 'every alerting process is logged in with the alarm account and sees each reply: one of them acts on it';
