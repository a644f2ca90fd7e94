-- Why: who did what, in counts, codes and opaque ids. Append-only: roles that serve hosts may not change it.

CREATE TABLE audit_records (
    network_id    uuid NOT NULL REFERENCES networks,
    audit_id      uuid NOT NULL,
    at            timestamptz NOT NULL,
    -- Null: the operator of the machine.
    actor_user_id uuid,
    school_id     uuid NOT NULL,
    group_id      uuid,
    batch_id      uuid,
    event         jsonb NOT NULL,
    PRIMARY KEY (network_id, audit_id)
);

-- The log, in its order.
CREATE INDEX audit_records_by_time ON audit_records (network_id, at, audit_id);
