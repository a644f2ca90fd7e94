-- Why: who is signed in. A token is random and is kept as its digest only: whoever reads this table can sign in as
-- nobody. The key to `users` ends sessions with their user.

CREATE TABLE sessions (
    network_id BLOB NOT NULL,
    session_id BLOB NOT NULL,
    user_id    BLOB NOT NULL,
    -- The school they are in.
    school_id  BLOB NOT NULL,
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    opened_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (network_id, session_id),
    UNIQUE (network_id, token_hash),
    FOREIGN KEY (network_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The sessions of a user, in their order.
CREATE INDEX sessions_by_user ON sessions (network_id, user_id, opened_at, session_id);

-- Those that have expired, to be forgotten.
CREATE INDEX sessions_by_expiry ON sessions (network_id, expires_at, session_id);
