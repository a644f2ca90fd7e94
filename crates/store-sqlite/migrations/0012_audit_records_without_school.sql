-- Why: what a person does about their own account is recorded under a school of theirs, and they may have none. SQLite
-- lets a column be null only in a table made anew: the records are copied, as they are, and the old table goes.

CREATE TABLE audit_records_anew (
    network_id    BLOB NOT NULL REFERENCES networks,
    audit_id      BLOB NOT NULL,
    at            INTEGER NOT NULL,
    -- Null: the operator of the machine.
    actor_user_id BLOB,
    -- Null: what a person without a school did about their own account.
    school_id     BLOB,
    group_id      BLOB,
    batch_id      BLOB,
    -- A JSON object.
    event         TEXT NOT NULL,
    PRIMARY KEY (network_id, audit_id)
) STRICT, WITHOUT ROWID;

INSERT INTO audit_records_anew (network_id, audit_id, at, actor_user_id, school_id, group_id, batch_id, event)
    SELECT network_id, audit_id, at, actor_user_id, school_id, group_id, batch_id, event FROM audit_records;

-- Its triggers and its index go with it.
DROP TABLE audit_records;

ALTER TABLE audit_records_anew RENAME TO audit_records;

-- The log, in its order.
CREATE INDEX audit_records_by_time ON audit_records (network_id, at, audit_id);

CREATE TRIGGER audit_records_stay BEFORE UPDATE ON audit_records
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;

CREATE TRIGGER audit_records_are_kept BEFORE DELETE ON audit_records
BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
