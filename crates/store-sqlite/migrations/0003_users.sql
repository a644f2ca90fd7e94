-- Why: the login accounts, the schools they may enter and the groups they belong to.

CREATE TABLE shared_passwords (
    network_id         BLOB NOT NULL REFERENCES networks,
    shared_password_id BLOB NOT NULL,
    hash               TEXT NOT NULL,
    expires_at         INTEGER NOT NULL,
    PRIMARY KEY (network_id, shared_password_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    network_id         BLOB NOT NULL,
    user_id            BLOB NOT NULL,
    email              TEXT NOT NULL,
    -- The canonical form: no two users of a network have the same.
    email_key          TEXT NOT NULL,
    enabled            INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    -- 0 unset, 1 initial and shared, 2 initial and generated, 3 chosen.
    password_kind      INTEGER NOT NULL CHECK (password_kind BETWEEN 0 AND 3),
    -- When an initial password stops working, or when the person chose theirs.
    password_at        INTEGER CHECK ((password_at IS NULL) = (password_kind = 0)),
    shared_password_id BLOB CHECK ((shared_password_id IS NOT NULL) = (password_kind = 1)),
    batch_id           BLOB,
    created_at         INTEGER NOT NULL,
    last_sign_in_at    INTEGER,
    revision           INTEGER NOT NULL,
    PRIMARY KEY (network_id, user_id),
    UNIQUE (network_id, email_key),
    FOREIGN KEY (network_id, shared_password_id) REFERENCES shared_passwords
) STRICT, WITHOUT ROWID;

-- The users that a batch made, for its undo.
CREATE INDEX users_by_batch ON users (network_id, batch_id, user_id) WHERE batch_id IS NOT NULL;

-- Whether anybody still has a shared password, for its removal.
CREATE INDEX users_by_shared_password ON users (network_id, shared_password_id, user_id)
    WHERE shared_password_id IS NOT NULL;

CREATE TABLE user_schools (
    network_id BLOB NOT NULL,
    user_id    BLOB NOT NULL,
    school_id  BLOB NOT NULL,
    PRIMARY KEY (network_id, user_id, school_id),
    FOREIGN KEY (network_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE user_groups (
    network_id BLOB NOT NULL,
    user_id    BLOB NOT NULL,
    group_id   BLOB NOT NULL,
    PRIMARY KEY (network_id, user_id, group_id),
    FOREIGN KEY (network_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE user_passwords (
    network_id BLOB NOT NULL,
    user_id    BLOB NOT NULL,
    hash       TEXT NOT NULL,
    PRIMARY KEY (network_id, user_id),
    FOREIGN KEY (network_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
