-- Why: who is signed in. A token is random and is kept as its digest only: whoever reads this table can sign in as
-- nobody. The key to `users` ends sessions with their user. There is none to `schools`: schools are never deleted, and
-- everybody who comes in the morning would lock the one row of their school.

CREATE TABLE sessions (
    network_id uuid NOT NULL,
    session_id uuid NOT NULL,
    user_id    uuid NOT NULL,
    -- The school they are in.
    school_id  uuid NOT NULL,
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
    opened_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (network_id, session_id),
    UNIQUE (network_id, token_hash),
    FOREIGN KEY (network_id, user_id) REFERENCES users ON DELETE CASCADE
);

-- The sessions of a user, in their order.
CREATE INDEX sessions_by_user ON sessions (network_id, user_id, opened_at, session_id);

-- Those that have expired, to be forgotten.
CREATE INDEX sessions_by_expiry ON sessions (network_id, expires_at, session_id);

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_network ON sessions
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
