-- Why: a batch with a shared password is to cost what one without costs. The key from users to their shared password was checked,
-- and an entry of its index made, for every user of the batch, although all of them refer to one row. The store holds that row once for each
-- some thousands of users instead, until the transaction ends; whoever removes it, at an undo, waits for that and then looks at all users.
ALTER TABLE users DROP CONSTRAINT users_network_id_shared_password_id_fkey;

DROP INDEX users_by_shared_password;
