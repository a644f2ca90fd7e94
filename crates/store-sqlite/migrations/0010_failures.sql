-- Why: failures to sign in, and requests for a reset, are counted for each account and each source, so that guessing is
-- slowed down. The keys are digests: no email, and no address of a machine. An account that nobody has is counted like
-- any other: there is no key to `users`.

CREATE TABLE failures (
    network_id  BLOB NOT NULL,
    failure_key BLOB NOT NULL CHECK (length(failure_key) = 32),
    count       INTEGER NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    -- What `last_at` was before: the statement that counts answers with what was there, and it sees only what it wrote.
    previous_at INTEGER,
    PRIMARY KEY (network_id, failure_key)
) STRICT, WITHOUT ROWID;

-- Those that are long past, to be forgotten.
CREATE INDEX failures_by_time ON failures (network_id, last_at, failure_key);
