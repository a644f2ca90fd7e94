-- Why: who did what, in counts, codes and opaque ids. Append-only: nothing changes or removes a record, and the file
-- itself refuses it. (Whoever may write the file can drop these triggers; they are against mistakes.)

CREATE TABLE audit_records (
    network_id    BLOB NOT NULL REFERENCES networks,
    audit_id      BLOB NOT NULL,
    at            INTEGER NOT NULL,
    -- Null: the operator of the machine.
    actor_user_id BLOB,
    school_id     BLOB NOT NULL,
    group_id      BLOB,
    batch_id      BLOB,
    -- A JSON object.
    event         TEXT NOT NULL,
    PRIMARY KEY (network_id, audit_id)
) STRICT, WITHOUT ROWID;

-- The log, in its order.
CREATE INDEX audit_records_by_time ON audit_records (network_id, at, audit_id);

CREATE TRIGGER audit_records_stay BEFORE UPDATE ON audit_records
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;

CREATE TRIGGER audit_records_are_kept BEFORE DELETE ON audit_records
BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
