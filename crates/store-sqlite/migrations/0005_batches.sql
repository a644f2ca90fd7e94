-- Why: what was carried out. A batch is found by its id when its plan is committed again, and is never changed.

CREATE TABLE batches (
    network_id         BLOB NOT NULL REFERENCES networks,
    batch_id           BLOB NOT NULL,
    -- The digest of its plan.
    plan               BLOB NOT NULL,
    shared_password_id BLOB,
    -- Null: the operator of the machine.
    actor_user_id      BLOB,
    school_id          BLOB NOT NULL,
    group_id           BLOB,
    at                 INTEGER NOT NULL,
    requested          INTEGER NOT NULL,
    created            INTEGER NOT NULL,
    PRIMARY KEY (network_id, batch_id)
) STRICT, WITHOUT ROWID;

-- Batches, the newest first.
CREATE INDEX batches_by_time ON batches (network_id, at, batch_id);

-- The rows of its report, in order, some thousands in each part: JSON, in the LZ4 frame format. With a rowid: the
-- parts are large, and would make a tree of keys a deep one.
CREATE TABLE batch_reports (
    network_id BLOB NOT NULL,
    batch_id   BLOB NOT NULL,
    part       INTEGER NOT NULL,
    rows       BLOB NOT NULL,
    PRIMARY KEY (network_id, batch_id, part),
    FOREIGN KEY (network_id, batch_id) REFERENCES batches
) STRICT;

-- Neither is ever changed or removed. (Whoever may write the file can drop the triggers; they are against mistakes.)
CREATE TRIGGER batches_stay BEFORE UPDATE ON batches
BEGIN SELECT RAISE(ABORT, 'batches are never changed'); END;
CREATE TRIGGER batches_are_kept BEFORE DELETE ON batches
BEGIN SELECT RAISE(ABORT, 'batches are never removed'); END;
CREATE TRIGGER batch_reports_stay BEFORE UPDATE ON batch_reports
BEGIN SELECT RAISE(ABORT, 'reports are never changed'); END;
CREATE TRIGGER batch_reports_are_kept BEFORE DELETE ON batch_reports
BEGIN SELECT RAISE(ABORT, 'reports are never removed'); END;
