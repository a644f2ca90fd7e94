-- Why: a shared password can be revoked in one act: one row changes, however many users refer to it. It stays, so that
-- they can be told from those who never had one, and so that what they sign in with is still recognised, and refused.

ALTER TABLE shared_passwords ADD COLUMN revoked_at timestamptz;
