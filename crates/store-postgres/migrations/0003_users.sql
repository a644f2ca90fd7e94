-- Why: the login accounts, the schools they may enter and the groups they belong to.

CREATE TABLE shared_passwords (
    network_id         uuid NOT NULL REFERENCES networks,
    shared_password_id uuid NOT NULL,
    hash               text NOT NULL,
    expires_at         timestamptz NOT NULL,
    PRIMARY KEY (network_id, shared_password_id)
);

CREATE TABLE users (
    network_id         uuid NOT NULL,
    user_id            uuid NOT NULL,
    email              text NOT NULL,
    -- The canonical form: no two users of a network have the same.
    email_key          text COLLATE "C" NOT NULL,
    enabled            boolean NOT NULL,
    -- 0 unset, 1 initial and shared, 2 initial and generated, 3 chosen.
    password_kind      smallint NOT NULL CHECK (password_kind BETWEEN 0 AND 3),
    -- When an initial password stops working, or when the person chose theirs.
    password_at        timestamptz CHECK ((password_at IS NULL) = (password_kind = 0)),
    shared_password_id uuid CHECK ((shared_password_id IS NOT NULL) = (password_kind = 1)),
    batch_id           uuid,
    created_at         timestamptz NOT NULL,
    last_sign_in_at    timestamptz,
    revision           bigint NOT NULL,
    PRIMARY KEY (network_id, user_id),
    UNIQUE (network_id, email_key),
    FOREIGN KEY (network_id, shared_password_id) REFERENCES shared_passwords
);

-- The users that a batch made, for its undo.
CREATE INDEX users_by_batch ON users (network_id, batch_id, user_id) WHERE batch_id IS NOT NULL;

-- Whether anybody still has a shared password, for its removal.
CREATE INDEX users_by_shared_password ON users (network_id, shared_password_id) WHERE shared_password_id IS NOT NULL;

CREATE TABLE user_schools (
    network_id uuid NOT NULL,
    user_id    uuid NOT NULL,
    school_id  uuid NOT NULL,
    PRIMARY KEY (network_id, user_id, school_id),
    FOREIGN KEY (network_id, user_id) REFERENCES users ON DELETE CASCADE
);

CREATE TABLE user_groups (
    network_id uuid NOT NULL,
    user_id    uuid NOT NULL,
    group_id   uuid NOT NULL,
    PRIMARY KEY (network_id, user_id, group_id),
    FOREIGN KEY (network_id, user_id) REFERENCES users ON DELETE CASCADE
);

CREATE TABLE user_passwords (
    network_id uuid NOT NULL,
    user_id    uuid NOT NULL,
    hash       text NOT NULL,
    PRIMARY KEY (network_id, user_id),
    FOREIGN KEY (network_id, user_id) REFERENCES users ON DELETE CASCADE
);
