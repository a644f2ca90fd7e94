-- Why: failures to sign in, and requests for a reset, are counted for each account and each source, so that guessing is
-- slowed down. The keys are digests: no email, and no address of a machine. An account that nobody has is counted like
-- any other: there is no key to `users`; nor to `networks`, whose one row everybody who signs in would lock.

CREATE TABLE failures (
    network_id  uuid NOT NULL,
    failure_key bytea NOT NULL CHECK (length(failure_key) = 32),
    count       bigint NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    -- What `last_at` was before: the statement that counts answers with what was there, and it sees only what it wrote.
    previous_at timestamptz,
    PRIMARY KEY (network_id, failure_key)
);

-- Those that are long past, to be forgotten.
CREATE INDEX failures_by_time ON failures (network_id, last_at, failure_key);

ALTER TABLE failures ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_network ON failures
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
