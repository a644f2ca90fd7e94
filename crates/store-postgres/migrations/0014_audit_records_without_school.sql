-- Why: what a person does about their own account is recorded under a school of theirs, and they may have none.

ALTER TABLE audit_records ALTER COLUMN school_id DROP NOT NULL;
