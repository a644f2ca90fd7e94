-- Why: a token with which a user may set a password: one for each user at most, the newest. It is random and is kept as
-- its digest only. To take it is to delete its row: of two who do, one finds it.

CREATE TABLE resets (
    network_id uuid NOT NULL,
    user_id    uuid NOT NULL,
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
    -- How they came by it. 0: it was mailed; 1: it was given to whoever signed in with an initial password.
    origin     smallint NOT NULL CHECK (origin IN (0, 1)),
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (network_id, user_id),
    UNIQUE (network_id, token_hash),
    FOREIGN KEY (network_id, user_id) REFERENCES users ON DELETE CASCADE
);

-- Those that have expired, to be forgotten.
CREATE INDEX resets_by_expiry ON resets (network_id, expires_at, user_id);

ALTER TABLE resets ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_network ON resets
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
