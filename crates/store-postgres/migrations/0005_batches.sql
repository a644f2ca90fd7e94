-- Why: what was carried out. A batch is found by its id when its plan is committed again, and is never changed.

CREATE TABLE batches (
    network_id         uuid NOT NULL REFERENCES networks,
    batch_id           uuid NOT NULL,
    -- The digest of its plan.
    plan               bytea NOT NULL,
    shared_password_id uuid,
    -- Null: the operator of the machine.
    actor_user_id      uuid,
    school_id          uuid NOT NULL,
    group_id           uuid,
    at                 timestamptz NOT NULL,
    requested          bigint NOT NULL,
    created            bigint NOT NULL,
    PRIMARY KEY (network_id, batch_id)
);

-- The rows of its report, in order, some thousands in each part: JSON, in the LZ4 frame format.
CREATE TABLE batch_reports (
    network_id uuid NOT NULL,
    batch_id   uuid NOT NULL,
    part       integer NOT NULL,
    rows       bytea NOT NULL,
    PRIMARY KEY (network_id, batch_id, part),
    FOREIGN KEY (network_id, batch_id) REFERENCES batches
);

-- It is compressed already.
ALTER TABLE batch_reports ALTER COLUMN rows SET STORAGE EXTERNAL;
