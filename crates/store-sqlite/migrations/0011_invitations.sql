-- Why: when a user was last invited to sign in, so that nobody is twice in a day.

CREATE TABLE invitations (
    network_id BLOB NOT NULL,
    user_id    BLOB NOT NULL,
    invited_at INTEGER NOT NULL,
    PRIMARY KEY (network_id, user_id),
    FOREIGN KEY (network_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
